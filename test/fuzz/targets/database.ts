/** The database file is cut, or some of its bytes are not what was written. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Box, SECOND } from "../../world/box.ts";
import { SimulatedClock } from "../../world/simulated-clock.ts";
import type { Chance } from "../chance.ts";
import {
  bytesOf,
  hold,
  holdOneLine,
  isObject,
  jsonOf,
  listOf,
  type Subject,
  type Target,
} from "../target.ts";
import { type StoredWorld, storedWorld } from "./stored-world.ts";

const PAGE = 4_096;

export const database: Target = {
  name: "database",
  promise:
    "on a damaged file the server says in one line what is wrong and what to do, or works with what can be read",
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "fuzz-database-"));
    const left = await storedWorld();
    let judged = 0;
    const subject: Subject = {
      generate: (chance) => generate(left, chance),
      async judge(input) {
        const made = jsonOf(input);
        if (!isObject(made)) return;
        const path = join(folder, `${++judged}.db`);
        writeFileSync(path, damaged(left.file, made), { mode: 0o600 });
        if (typeof made.wal === "string")
          writeFileSync(`${path}-wal`, Buffer.from(made.wal, "base64"), { mode: 0o600 });
        await judge(path, left.wall);
        for (const end of ["", "-wal", "-shm", "-lock", "-journal"]) rmSync(path + end, { force: true });
      },
      close: async () => rmSync(folder, { recursive: true, force: true }),
    };
    return subject;
  },
};

function generate({ file }: StoredWorld, chance: Chance): Uint8Array {
  // The first page holds the header and the schema.
  const place = () => (chance.oneIn(2) ? chance.below(chance.of([100, PAGE])) : chance.below(file.length));
  const flips = Array.from({ length: chance.of([0, 1, 1, 3, 50]) }, () => [place(), chance.below(256)]);
  const cut = chance.oneIn(3) ? chance.below(chance.of([200, file.length])) : undefined;
  const wal = chance.oneIn(8) ? Buffer.from(chance.bytes(chance.below(5_000))).toString("base64") : undefined;
  return bytesOf({ flips, ...(cut !== undefined && { cut }), ...(wal !== undefined && { wal }) });
}

function damaged(file: Buffer, { flips, cut }: Record<string, unknown>): Buffer {
  const copy = Buffer.from(file);
  for (const flip of listOf(flips)) {
    const [at, value] = listOf(flip).map(Number);
    if (at !== undefined && at >= 0 && at < copy.length) copy[at] = value ?? 0;
  }
  return typeof cut === "number" ? copy.subarray(0, Math.max(0, cut)) : copy;
}

async function judge(path: string, wall: number): Promise<void> {
  const clock = new SimulatedClock(wall);
  let box: Box;
  try {
    box = await Box.start({ path, clock });
  } catch (error) {
    return holdOneLine(error);
  }
  try {
    await box.box.awake;
    await clock.pass(10 * SECOND);
    await box.box.events.list(box.box.account.id, [], null, 50);
    await box.arrives({ lane: "tag:fresh" });
    const plugin = await box
      .plugin({ session: "new", instance: "instance-new", lane: "tag:fresh" })
      .connect();
    if (plugin.shown.length > 0) await plugin.acks();
    await clock.pass(10 * SECOND);
  } catch (error) {
    holdOneLine(error);
  } finally {
    await box.kill().catch(holdOneLine);
  }
  hold(clock.timers === 0, "a server that has left has timers");
}
