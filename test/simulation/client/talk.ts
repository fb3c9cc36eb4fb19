/** Claude speaks to other sessions: about what it has in hand, for its user, or because it was spoken to. */

import { UNTAGGED } from "../../../src/domain/grammar.ts";
import { laneOfTag } from "../../../src/domain/lane.ts";
import { payloadOf } from "../senders/payload.ts";
import type { Turn } from "./turn.ts";

/** A tag that no session has while there is trouble. */
export const NOBODY_THERE = "nobody-there";

const TARGETS = ["deploys", UNTAGGED, `deploys, ${UNTAGGED}`, "*", "*", NOBODY_THERE];

/** `about`: the event that it is handling; null: the user asked for it. */
export async function talks(turn: Turn, about: string | null): Promise<void> {
  const { world } = turn.client;
  const { chance } = world;
  // Once all is well everybody only finishes what there is.
  if (world.healed) return;
  if (about !== null && chance.one(0.1)) await runs(turn, about);
  const answers = about !== null && turn.messages.has(about);
  const often = world.chatty ? 0.7 : 0.12;
  if (answers ? chance.one(world.chatty ? 0.98 : 0.3) : chance.one(about === null ? 0.5 : often))
    await sends(turn, about, answers);
}

async function sends(turn: Turn, about: string | null, answers: boolean): Promise<void> {
  const { client } = turn;
  const { world, reader } = client;
  const { chance } = world;
  // Longer ones would only be refused.
  const text = payloadOf(chance, world.nextMessage(), "plain").slice(0, 8_000);
  const args = {
    message: text,
    priority: chance.weighted({ normal: 7, priority: 2, interrupt: 1 }),
    ...(answers ? { reply_to: about ?? "" } : { target: chance.of(TARGETS) }),
    ...(chance.one(0.2) && { fanout: "all" }),
  };
  const askedAt = world.time.now;
  const answer = await turn.callTool("session_send", args);
  client.tell(`session_send answered: ${answer.text.slice(0, 140)}`);
  if (answer.text.includes("led to this,")) world.count("too many hops");
  if (answer.text.includes("copies of it")) world.count("message for each");
  if (answer.text.includes("take no messages")) world.count("message refused");
  if (answer.failed) return;
  for (const [, name = "", id = ""] of answer.text.matchAll(/[(,] ?([a-z-]+) (evt_[0-9a-z]{26})/g)) {
    world.count(answers ? "message answered" : "message sent");
    const lane = laneOfTag(name === UNTAGGED ? null : name);
    world.messages.add(id);
    world.witness({ kind: "sent", by: reader, id, lane, text, during: about, askedAt });
  }
}

/** A cron of its account, at once: its event comes of the one in hand. */
async function runs(turn: Turn, about: string): Promise<void> {
  const { world, reader } = turn.client;
  const id = world.owner.someCronOf(reader.account);
  if (id === null) return;
  const askedAt = world.time.now;
  const answer = await turn.callTool("cron_run", { id });
  if (answer.text.includes("led to this,")) world.count("too many hops");
  const made = /^(evt_[0-9a-z]{26}) is made/.exec(answer.text)?.[1];
  if (answer.failed || made === undefined) return;
  world.count("cron run by a session");
  world.witness({ kind: "ran", by: reader, id: made, during: about, askedAt });
}
