/** The configuration file on a real disk, when its token is replaced. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TokenKeeping } from "../../plugin/src/core/ports/token-keeping.ts";
import { setupFrom } from "../../plugin/src/edges/config.ts";
import { tokenKeepingFrom } from "../../plugin/src/edges/token-keeping.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keeping-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As the tool does it: what is refused is not written. */
async function configure(keeping: TokenKeeping, change: { token: string; remote: string | null }) {
  const planned = await keeping.plan(change);
  return planned.kind === "refused" ? planned : keeping.configure(planned);
}

const OURS = `{
    "remote":   "http://127.0.0.1:4401",
  "connectionToken": "cbt_old", "session": "deploys",
  "theirs": [12345678901234567890]
}
`;

test("only the token changes, in a file for its owner alone", async () => {
  const path = join(folder, "config.json");
  writeFileSync(path, OURS, { mode: 0o644 });
  const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: path });
  expect(await keeping.obstacle()).toBeNull();
  expect(await keeping.replace("cbt_old", "cbt_new")).toBe("saved");
  expect(readFileSync(path, "utf8")).toBe(OURS.replace("cbt_old", "cbt_new"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["config.json"]);
});

test("a link to the file stays one", async () => {
  mkdirSync(join(folder, "dotfiles"));
  const file = join(folder, "dotfiles", "box.json");
  writeFileSync(file, OURS);
  const path = join(folder, "config.json");
  symlinkSync(file, path);
  await tokenKeepingFrom({ SIGNALBOX_CONFIG: path }).replace("cbt_old", "cbt_new");
  expect(lstatSync(path).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, "utf8")).toContain("cbt_new");
});

test("a token that stands in the file twice, or escaped, is replaced where it is the token", async () => {
  const path = join(folder, "config.json");
  const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: path });
  writeFileSync(path, '{"note":"cbt_old","connectionToken":"cbt_old"}');
  await keeping.replace("cbt_old", "cbt_new");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ note: "cbt_old", connectionToken: "cbt_new" });
  writeFileSync(path, '{"remote":"x","connectionToken":"cbt\\u005fold"}');
  await keeping.replace("cbt_old", "cbt_new");
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ remote: "x", connectionToken: "cbt_new" });
});

test("a file that has another token by now is left as it is", async () => {
  const path = join(folder, "config.json");
  writeFileSync(path, OURS);
  expect(await tokenKeepingFrom({ SIGNALBOX_CONFIG: path }).replace("cbt_else", "cbt_new")).toBe("changed");
  expect(readFileSync(path, "utf8")).toBe(OURS);
});

test("what CLAWBACK_CONFIG names is never written", async () => {
  const path = join(folder, "clawback.json");
  writeFileSync(path, OURS);
  const keeping = tokenKeepingFrom({ CLAWBACK_CONFIG: path });
  expect(await keeping.obstacle()).toContain("CLAWBACK_CONFIG");
  await expect(keeping.replace("cbt_old", "cbt_new")).rejects.toThrow("never written");
  expect(readFileSync(path, "utf8")).toBe(OURS);
});

test("a new file beside the configuration is for its owner alone", async () => {
  const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: join(folder, "config.json") });
  const path = await keeping.keep("tok_1.json", "{}");
  expect(path).toBe(join(folder, "tok_1.json"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a configuration is made where there is none, in a folder of its owner's own", async () => {
  const path = join(folder, "channels", "signalbox", "config.json");
  const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: path });
  expect(await keeping.clear()).toBe(false);
  expect(await configure(keeping, { token: "cbt_new", remote: null })).toBe(path);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    remote: "http://127.0.0.1:4401",
    connectionToken: "cbt_new",
  });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "channels")).mode & 0o777).toBe(0o700);
});

test("what else stands in it stays, and a token that is taken away leaves the rest", async () => {
  const path = join(folder, "config.json");
  writeFileSync(path, '{"remote":"https://box","connectionToken":"cbt_old","session":"deploys"}');
  const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: path });
  await configure(keeping, { token: "cbt_new", remote: null });
  const kept = { remote: "https://box", session: "deploys" };
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ ...kept, connectionToken: "cbt_new" });
  await configure(keeping, { token: "cbt_new", remote: "https://other" });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ remote: "https://other" });
  expect(await keeping.clear()).toBe(true);
  expect(await keeping.clear()).toBe(false);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ ...kept, remote: "https://other" });
  // Without a token it is as if there were none.
  expect(await setupFrom({ SIGNALBOX_CONFIG: path })()).toEqual({ kind: "missing", path });
});

test("what is no configuration, or another program's, is not written", async () => {
  const path = join(folder, "config.json");
  for (const text of ["not JSON", "[1]", "null"]) {
    writeFileSync(path, text);
    const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: path });
    expect(await configure(keeping, { token: "cbt_new", remote: null })).toMatchObject({ kind: "refused" });
    expect(readFileSync(path, "utf8")).toBe(text);
  }
  writeFileSync(path, OURS);
  const theirs = tokenKeepingFrom({ CLAWBACK_CONFIG: path });
  await expect(configure(theirs, { token: "cbt_new", remote: null })).rejects.toThrow("never written");
  await expect(theirs.clear()).rejects.toThrow("never written");
  expect(readFileSync(path, "utf8")).toBe(OURS);
});

test("what would be refused when it is read is not written: plain text to another machine, a place in the project", async () => {
  const path = join(folder, "config.json");
  const keeping = tokenKeepingFrom({ SIGNALBOX_CONFIG: path });
  for (const remote of ["http://box", "ftp://127.0.0.1", "box", "https://me:secret@box"]) {
    expect(await configure(keeping, { token: "cbt_new", remote })).toMatchObject({ kind: "refused" });
  }
  const inside = tokenKeepingFrom({ SIGNALBOX_CONFIG: path, CLAUDE_PROJECT_DIR: folder });
  expect(await configure(inside, { token: "cbt_new", remote: null })).toMatchObject({
    kind: "refused",
    problem: expect.stringContaining("inside the project folder"),
  });
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(path, OURS);
  chmodSync(path, 0o666);
  expect(await configure(keeping, { token: "cbt_new", remote: null })).toMatchObject({
    kind: "refused",
    problem: expect.stringContaining("can be changed by others"),
  });
  expect(readFileSync(path, "utf8")).toBe(OURS);
});
