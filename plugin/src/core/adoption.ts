/**
 * Takes over what plugins that are gone have left: their unconfirmed acks, and, where it was this very session, what
 * the conversation may still speak of. The own file has it all before the old one goes; two that adopt the same file
 * send the same acks twice, which the server takes once (promise 4).
 */
import { same } from "./delivery.ts";
import type { Journal } from "./journal.ts";
import type { Files } from "./ports/files.ts";
import type { Log } from "./ports/log.ts";
import type { Processes } from "./ports/processes.ts";
import { REMEMBERED } from "./recent.ts";
import { type Memory, readState, type State } from "./state.ts";

export interface AdoptionPorts {
  files: Files;
  processes: Processes;
  log: Log;
}

/** Adds to the journal's memory. Rejects when the disk does. */
export async function adoptOrphans(journal: Journal, sessionId: string, ports: AdoptionPorts): Promise<void> {
  const { files, processes, log } = ports;
  const { folder, fingerprint } = journal;
  if (folder === null) return;
  const adopted: string[] = [];
  for (const name of await files.list(folder)) {
    if (!name.endsWith(".json") || name === journal.fileName) continue;
    const path = `${folder}/${name}`;
    try {
      const state = await read(path, ports);
      // Of another account: its acks would be unknown to this one's server, and lost.
      if (state === null || state.fingerprint !== fingerprint) continue;
      if (await processes.isAlive(state.owner)) continue;
      take(journal.memory, state, sessionId);
      adopted.push(path);
    } catch (error) {
      // One that is none of ours, or not readable, must not keep the others' acks from being sent.
      log.warn("a state file can't be used", {
        file: name,
        error: error instanceof Error ? error.message : "unknown",
      });
    }
  }
  if (adopted.length === 0) return;
  await journal.save();
  for (const path of adopted) await files.remove(path);
  log.info("took over the state of plugins that are gone", { files: adopted.length });
}

/** Null: there is nothing of use. */
async function read(path: string, { files, log }: AdoptionPorts): Promise<State | null> {
  const text = await files.read(path);
  if (text === null) return null;
  const read = readState(text);
  switch (read.kind) {
    case "state":
      return read.state;
    case "foreign":
      return null;
    case "broken":
      log.warn("a state file can't be read and is moved aside", { file: path });
      await files.rename(path, `${path}.broken`);
      return null;
    default:
      return read satisfies never;
  }
}

function take(memory: Memory, state: State, sessionId: string): void {
  const known = memory.unconfirmed;
  const unknown = state.unconfirmed.filter((ack) => !known.some((mine) => same(mine, ack)));
  // Theirs are older than what this process has acked.
  memory.unconfirmed = [...unknown, ...known];
  if (state.session !== sessionId) return;
  const had = state.inHand === null ? state.recent : [...state.recent, state.inHand];
  const older = had
    .filter(({ eventId }) => !memory.recent.some((mine) => mine.eventId === eventId))
    .map(({ eventId, delivery }) => ({ eventId, delivery }));
  memory.recent = [...older, ...memory.recent].slice(-REMEMBERED);
  memory.wakes ||= state.wakes;
}
