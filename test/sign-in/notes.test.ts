/** What a browser keeps of a sign-in is good for ten minutes, for its own purpose, and to who has the key. */
import { expect, test } from "vitest";
import { z } from "zod";
import { cipherOf } from "../../src/config/cipher.ts";
import { readKeys } from "../../src/config/keys.ts";
import { nodeFiles } from "../../src/edges/node-files.ts";
import { NOTE_MS, Notes } from "../../src/ingress/sign-in/notes.ts";
import { temporaryFolder } from "../config/temporary-folder.ts";
import { seededRandom } from "../world/seeded-random.ts";
import { SimulatedClock } from "../world/simulated-clock.ts";

const clock = new SimulatedClock();
const random = seededRandom(5);
const shape = z.object({ state: z.string() });
const note = { state: "s" };

async function newCipher() {
  const dataDir = await temporaryFolder();
  return cipherOf(await readKeys({ dataDir, key: null, files: nodeFiles, random }), random);
}

test("it is read for ten minutes, and not after", async () => {
  const notes = new Notes({ cipher: await newCipher(), clock }, "github", shape);
  const sealed = notes.seal(note);
  expect(sealed).not.toContain("state");
  await clock.pass(NOTE_MS - 1);
  expect(notes.open(sealed)).toEqual(note);
  await clock.pass(1);
  expect(notes.open(sealed)).toBeNull();
});

test("one of another purpose, of another server, of another form, or that was changed, is none", async () => {
  const cipher = await newCipher();
  const notes = new Notes({ cipher, clock }, "github", shape);
  const sealed = notes.seal(note);
  expect(new Notes({ cipher, clock }, "form", shape).open(sealed)).toBeNull();
  expect(new Notes({ cipher: await newCipher(), clock }, "github", shape).open(sealed)).toBeNull();
  expect(new Notes({ cipher, clock }, "github", z.object({ other: z.string() })).open(sealed)).toBeNull();
  for (const text of [
    undefined,
    "",
    "v1",
    sealed.slice(1),
    sealed.slice(0, -4),
    `${sealed}AAAA`,
    `${sealed}!`,
  ]) {
    expect(notes.open(text)).toBeNull();
  }
  // A webhook secret of the store is sealed with the same key.
  expect(
    notes.open(cipher.seal(JSON.stringify({ at: clock.now(), note }), { account: "acc_1", source: "src_1" })),
  ).toBeNull();
});
