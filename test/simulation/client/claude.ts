/** What Claude does about what it has read: mostly the right thing, at its own pace; and now and then not. */
import { talks } from "./talk.ts";
import { nextIn, type Turn } from "./turn.ts";

/** How a session behaves; people and models differ. */
export type Mood = "good" | "slow" | "sloppy" | "silent" | "mute";

/** Who acks nothing: in the middle of a long thought, or with the turn ended as if there were nothing. */
const MUTE: readonly Mood[] = ["silent", "mute"];

export type Desire =
  | { kind: "handle"; eventId: string; delivery: number }
  | { kind: "take" }
  | { kind: "chat" }
  /** Something has said that an event is still in hand. */
  | { kind: "reminded"; eventId: string | null };

type Outcome = "done" | "failed" | "retry";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export async function work(turn: Turn): Promise<void> {
  for (let desire = turn.desires.shift(); desire !== undefined; desire = turn.desires.shift()) {
    await thinks(turn);
    switch (desire.kind) {
      case "chat":
        if (await toils(turn)) await talks(turn, null);
        else await givesWay(turn, null);
        break;
      case "take":
        await takes(turn);
        break;
      case "handle":
        await handles(turn, desire.eventId);
        break;
      case "reminded":
        if (!MUTE.includes(moodOf(turn))) await acks(turn, desire.eventId, outcomeOf(turn));
    }
  }
}

const moodOf = ({ client }: Turn): Mood => client.world.moodOf(client);

async function thinks(turn: Turn): Promise<void> {
  await turn.pause(turn.client.world.chance.around(400));
}

async function takes(turn: Turn): Promise<void> {
  const { world, options } = turn.client;
  if (moodOf(turn) === "sloppy" && world.chance.one(0.3)) return;
  const args = options.kind === "other" ? { wait_seconds: world.chance.whole(0, 50) } : {};
  const { text, failed } = await turn.callTool("event_take", args);
  const seen = failed ? null : turn.readsEvent(text, "event_take");
  if (seen !== null) await handles(turn, seen.eventId);
}

async function handles(turn: Turn, eventId: string): Promise<void> {
  const { world } = turn.client;
  const { chance } = world;
  const mood = moodOf(turn);
  if (mood === "silent") {
    turn.client.tell(`says nothing for long about ${eventId}`);
    world.count("silence");
    await turn.pause(chance.between(3 * MINUTE, 15 * MINUTE));
    return;
  }
  if (mood === "mute") {
    world.count("event ignored");
    return;
  }
  if (!(await toils(turn))) return givesWay(turn, eventId);
  await talks(turn, eventId);
  if (chance.one(0.1)) {
    const { text, failed } = await turn.callTool("event_payload", { event_id: eventId });
    if (!failed) world.witness({ kind: "page", to: turn.client.reader, eventId, text });
  }
  if (mood !== "good" && chance.one(0.15)) {
    const waiting_for = chance.one(0.5) ? "somebody" : "";
    await turn.callTool("event_extend", { event_id: eventId, minutes: chance.whole(1, 4), waiting_for });
    world.count("extended");
    if (waiting_for !== "" && chance.one(0.5)) return;
  }
  if (mood === "sloppy" && chance.one(0.35)) {
    world.count("ack forgotten");
    return;
  }
  await acks(turn, eventId, outcomeOf(turn));
  if (mood === "sloppy" && chance.one(0.3)) {
    world.count("ack repeated");
    await acks(turn, eventId, "done");
  }
}

/** What an interrupt has stopped is let be, mostly: some finish it first, and some heed nothing. */
async function givesWay(turn: Turn, eventId: string | null): Promise<void> {
  const mood = moodOf(turn);
  if (mood === "mute") return;
  if (mood === "sloppy" && eventId !== null && turn.client.world.chance.one(0.3)) {
    turn.client.world.count("acked though interrupted");
    await acks(turn, eventId, "done");
  } else await takes(turn);
}

/** Reading, building, testing; some of it takes long, with a hook before and after. False: an interrupt has stopped it. */
async function toils(turn: Turn): Promise<boolean> {
  const { chance } = turn.client.world;
  const slow = moodOf(turn) === "slow";
  for (let uses = chance.whole(0, slow ? 4 : 2); uses > 0; uses--) {
    const used = await turn.useTool(slow ? chance.between(5 * SECOND, 4 * MINUTE) : chance.around(1_500));
    if (used.interrupted === true) return false;
  }
  if (slow && chance.one(0.3)) await turn.pause(chance.between(10 * SECOND, 2 * MINUTE));
  return true;
}

function outcomeOf(turn: Turn): Outcome {
  const { chance, healed } = turn.client.world;
  return healed ? "done" : chance.weighted({ done: 85, retry: 10, failed: 5 });
}

async function acks(turn: Turn, eventId: string | null, outcome: Outcome): Promise<void> {
  const { client } = turn;
  const { chance } = client.world;
  const named = eventId !== null && !chance.one(moodOf(turn) === "sloppy" ? 0.4 : 0.1) ? eventId : null;
  const args = {
    summary: "handled it",
    outcome,
    ...(named !== null && { event_id: named }),
    ...(outcome === "retry" && chance.one(0.7) && { retry_after_seconds: chance.whole(0, 90) }),
  };
  client.tell(`event_ack ${named ?? "(unnamed)"} ${outcome}`);
  client.world.witness({ kind: "acks", by: client.reader, eventId: named, outcome });
  const { text, failed } = await turn.callTool("event_ack", args);
  client.tell(`event_ack answered: ${text.slice(0, 100)}`);
  const about = /(evt_[0-9a-z]{26})/.exec(text)?.[1];
  if (about !== undefined)
    client.world.witness({ kind: "told", to: client.reader, eventId: about, outcome, text, failed });
  const next = nextIn(text);
  const seen = next === text ? null : turn.readsEvent(next, "event_ack");
  if (seen !== null) turn.desires.push({ kind: "handle", ...seen });
}
