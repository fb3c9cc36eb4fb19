/** What the user's desktop is told: by a program of the system, which gets words as arguments and never as a script. */
import { chmod, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { desktop } from "../../plugin/src/edges/desktop.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { until } from "../world/until.ts";
import { Rig } from "./core-rig.ts";
import { deliver, E1 } from "./event-samples.ts";

const PATH = process.env.PATH;
afterEach(() => {
  process.env.PATH = PATH;
});

const HOSTILE = '--icon=x"; touch /tmp/owned; echo $(id) `id` \\';

/** Stands in for the system's program, and writes down how it was called. */
async function programs(...names: string[]): Promise<() => Promise<string[]>> {
  const folder = await temporaryFolder();
  const calls = join(folder, "calls");
  for (const name of names) {
    await writeFile(
      join(folder, name),
      `#!/bin/sh\nfor one in "$0" "$@"; do printf '%s\\0' "$one"; done >> '${calls}.part'\nmv '${calls}.part' '${calls}'\n`,
    );
    await chmod(join(folder, name), 0o755);
  }
  process.env.PATH = `${folder}${delimiter}${PATH}`;
  return async () => {
    const read = () => readFile(calls, "utf8").catch(() => "");
    await until(async () => (await read()) !== "", "the call");
    return (await read()).split("\0").slice(1, -1);
  };
}

const silent = { info: () => {}, warn: () => {} };

const named = (meta: Record<string, string>) => deliver(E1, 1, { meta });

test("libnotify gets title and text as they are, behind the end of its options", async () => {
  const called = await programs("notify-send");
  desktop(silent, "linux").notify("Signalbox", HOSTILE);
  expect(await called()).toEqual(["--app-name=Signalbox", "--", "Signalbox", HOSTILE]);
});

test("macOS's script has no word of theirs in it", async () => {
  const called = await programs("osascript");
  desktop(silent, "darwin").notify("Signalbox", HOSTILE);
  const args = await called();
  expect(args.slice(-3)).toEqual(["--", "Signalbox", HOSTILE]);
  expect(args.slice(0, -3).join("\n")).not.toContain("touch");
});

test("where nothing can notify, one line of the log says so", async () => {
  const lines: string[] = [];
  const log = { info: () => {}, warn: (line: string) => void lines.push(line) };
  process.env.PATH = await temporaryFolder();
  for (const platform of ["linux", "win32"] as const) {
    const quiet = desktop(log, platform);
    quiet.notify("a", "b");
    quiet.notify("a", "b");
  }
  await until(() => lines.length >= 2, "both lines");
  expect(lines).toEqual(["the desktop can't be notified", "the desktop can't be notified"]);
});

test("an event is told of by its names, once, and only to whoever asks for it", async () => {
  const rig = await Rig.online({ configuration: { notifications: true } });
  const frame = named({ type: "push", from: "github", lane: "deploys", event_id: E1 });
  await rig.link.say(frame);
  await rig.link.say(frame);
  expect(rig.notified).toEqual([{ title: "Signalbox", text: "push from github for deploys" }]);

  const quiet = await Rig.online();
  await quiet.link.say(frame);
  expect(quiet.notified).toEqual([]);
});

test("names that are none are made harmless", async () => {
  const rig = await Rig.online({ configuration: { notifications: true } });
  await rig.link.say(named({ type: "<b>rm -rf</b>\n", from: "" }));
  expect(rig.notified).toEqual([{ title: "Signalbox", text: "_b_rm_-rf_/b__ from somebody" }]);
});
