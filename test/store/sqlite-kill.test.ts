import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/store/sqlite/open.ts";
import { openSqliteStore, sqliteStore } from "../../src/store/sqlite/store.ts";
import { until } from "../world/until.ts";
import { newFile } from "./files.ts";

const WRITER = fileURLToPath(new URL("killed-writer.ts", import.meta.url));
const ROUNDS = 6;

interface Writer {
  process: ChildProcess;
  /** Each line that was printed to its end. */
  lines(): string[];
  printed: Promise<void>;
}

function startWriter(path: string): Writer {
  const child = spawn(process.execPath, [WRITER, path], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const printed = new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      resolve();
    });
    child.once("exit", () => reject(new Error("the writer ended before it wrote")));
  });
  return { process: child, lines: () => text.split("\n").slice(0, -1), printed };
}

test("kill -9 at any moment loses no event that was stored, and no ack", async () => {
  const path = newFile();
  const stored = new Set<string>();
  const acked = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const writer = startWriter(path);
    await writer.printed;
    // Every other one is let live until it has acked, however busy the machine is.
    if (round % 2 === 1) {
      await until(() => writer.lines().some((line) => line.startsWith("acked")), "an ack of the writer");
    }
    await expect(openSqliteStore({ path, lockWaitMs: 0 })).rejects.toMatchObject({ code: "store_locked" });
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
    writer.process.kill("SIGKILL");
    await once(writer.process, "close");
    for (const line of writer.lines()) {
      const [what, id = ""] = line.split(" ");
      (what === "acked" ? acked : stored).add(id);
    }

    // Nothing has to be cleaned up after it, its lock neither.
    const db = openDatabase({ path, lockWaitMs: 0 });
    expect(db.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
    expect(db.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
    const store = sqliteStore(db, path);
    for (const id of stored) {
      expect((await store.event(id))?.facts.id).toBe(id);
      expect(await store.content(id)).not.toBeNull();
    }
    for (const id of acked) expect((await store.event(id))?.actor.value).toBe("acked");
    await store.close();
  }
  expect(stored.size).toBeGreaterThan((ROUNDS / 2) * 6);
  expect(acked.size).toBeGreaterThanOrEqual(ROUNDS / 2);
});
