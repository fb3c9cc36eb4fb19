/** What the plugin finds on its disk: another plugin's state, and its configuration. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readState } from "../../../plugin/src/core/state.ts";
import { setupFrom } from "../../../plugin/src/edges/config.ts";
import { FakeDisk, Rig } from "../../plugin/core-rig.ts";
import { E1, E2 } from "../../plugin/event-samples.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes, mutateJson } from "../mutate.ts";
import { hold, isObject, jsonOf, type Subject, type Target } from "../target.ts";

const TOKEN = "cbt_canary";
const LEFT = "/state/other.json";

const STATE = {
  version: 1,
  owner: { pid: 77, startedAt: "then" },
  fingerprint: "f",
  session: "session-1",
  savedAt: 1,
  inHand: {
    eventId: E1,
    delivery: 1,
    band: "normal",
    content: "words",
    meta: { event_id: E1 },
    waiting: 0,
    surfaced: "wake",
    taken: true,
  },
  unconfirmed: [{ eventId: E2, delivery: 2, outcome: "done", summary: "merged", retryAfterSeconds: null }],
  recent: [{ eventId: E2, delivery: 2 }],
  wakes: true,
};

const CONFIGURATION = {
  remote: "http://127.0.0.1:4401",
  connectionToken: TOKEN,
  session: "deploys",
  projects: { "/home/me/shop": "shop" },
  delivery: "wake",
  join: "always",
  dataDir: "data",
  allowPlaintext: true,
};

export const pluginFiles: Target = {
  name: "plugin-files",
  promise:
    "a broken file on the plugin's disk stops nothing, is told in one line without its token, and is set aside whole, never destroyed",
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "fuzz-files-"));
    const path = join(folder, "config.json");
    const load = setupFrom({ SIGNALBOX_CONFIG: path });
    const subject: Subject = {
      generate,
      async judge(input) {
        await judgeState(Buffer.from(input).toString("utf8"));
        writeFileSync(path, input, { mode: 0o600 });
        const setup = await load();
        const json = jsonOf(input);
        const isTokenless = isObject(json) && !Array.isArray(json) && !("connectionToken" in json);
        hold(setup.kind !== "missing" || isTokenless, "a configuration that is there counts as missing");
        if (setup.kind === "missing") return;
        if (setup.kind === "ready") {
          hold(URL.canParse(setup.configuration.remote), "a remote that is no address");
          return;
        }
        hold(
          !/[\p{Cc}\p{Zl}\p{Zp}\u202e]/u.test(setup.problem),
          `not one line: ${JSON.stringify(setup.problem)}`,
        );
        hold(setup.problem.length < 2_000, `a line of ${setup.problem.length} characters`);
        hold(!setup.problem.includes(TOKEN), "the token is told");
      },
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
    return subject;
  },
};

function generate(chance: Chance): Uint8Array {
  const sample = chance.of<unknown>([STATE, CONFIGURATION]);
  if (!chance.oneIn(3)) return Buffer.from(JSON.stringify(mutateJson(sample, chance)) ?? "");
  return mutateBytes(Buffer.from(JSON.stringify(sample, null, 2)), chance);
}

async function judgeState(text: string): Promise<void> {
  const disk = new FakeDisk();
  disk.files.set(LEFT, text);
  const rig = await Rig.online({ disk });
  try {
    const hello = rig.link.one("hello");
    const read = readState(text);
    if (read.kind !== "state" || read.state.fingerprint !== "f") {
      const kept = [...disk.files.entries()].filter(([path, kept]) => path.startsWith(LEFT) && kept === text);
      hold(kept.length === 1, "what could not be read is not there any more");
      return;
    }
    for (const { eventId, delivery } of read.state.unconfirmed) {
      const said = [...(hello.unconfirmed ?? []), ...rig.link.all("ack")];
      hold(
        said.some(({ of }) => of?.eventId === eventId && of.delivery === delivery),
        "an ack that was kept is not said",
      );
    }
  } finally {
    rig.box.close();
  }
}
