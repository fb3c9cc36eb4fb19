/** What the plugin's core hears: frames of a server, calls of tools, hooks, in any order, on a simulated clock. */
import { fromBinary, fromJson, type JsonValue } from "@bufbuild/protobuf";
import {
  CreateCronResponseSchema,
  CreateSourceResponseSchema,
  DeleteCronResponseSchema,
  DeleteSourceResponseSchema,
  GetAccountResponseSchema,
  GetPayloadResponseSchema,
  ListCronsResponseSchema,
  ListHistoryResponseSchema,
  ListSourcesResponseSchema,
  ReplayEventsResponseSchema,
  RunCronResponseSchema,
  UpdateCronResponseSchema,
} from "../../../proto/gen/signalbox/v1/control_pb.ts";
import { ConnectResponseSchema } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { OWN, Rig } from "../../plugin/core-rig.ts";
import { E1, E2, tagOf, wakeOf } from "../../plugin/event-samples.ts";
import { settle } from "../../world/simulated-clock.ts";
import { brief, bytesOf, hold, isObject, jsonOf, type Subject, type Target } from "../target.ts";
import { sequenceOf } from "./sequence.ts";

const LENIENT = { ignoreUnknownFields: true };

const of = { eventId: E1, delivery: 1 };
const deliver = { deliver: { of, band: "normal", content: "words", meta: { event_id: E1 }, waiting: 3 } };
const hook = (event: string, more: object = {}) => ({
  call: "hook",
  args: { event, session_id: "session-1", ...more },
});

export const ACTS: readonly (readonly unknown[])[] = [
  [
    { say: { welcome: { session: "session-1", epoch: "1" } } },
    { say: deliver },
    hook("UserPromptSubmit", { prompt: tagOf(E1) }),
    hook("PreToolUse", { tool_name: `${OWN}event_ack`, tool_use_id: "t1" }),
    { call: "event_ack", args: { summary: "done", event_id: E1 } },
    { say: { acked: { of, status: "ACK_STATUS_SETTLED", state: "acked", waiting: 3, next: true } } },
    { say: { deliver: { ...deliver.deliver, of: { eventId: E2, delivery: 1 } } } },
    hook("Stop"),
  ],
  [
    { say: { welcome: { keep: of } } },
    hook("SessionStart", { source: "startup" }),
    { waiter: true },
    { say: deliver },
    hook("UserPromptSubmit", { prompt: wakeOf(E1) }),
    { call: "event_take", args: { wait_seconds: 5 } },
    { say: { remind: { of } } },
    { say: { recall: { of, reason: "RECALL_REASON_INTERRUPTED" } } },
  ],
  [
    {
      call: "event_payload",
      args: { event_id: E1, pointer: "/a", limit: 64 },
      reply: { content: "page", total: 4 },
    },
    { call: "event_extend", args: { minutes: 5, waiting_for: "CI" } },
    {
      call: "account_info",
      args: {},
      reply: {
        profileId: "p_1",
        tokenLabel: "mine",
        sessions: [{ lane: "tag:a", state: "online", client: "c", project: "p", inHand: E1 }],
      },
    },
    {
      call: "event_replay",
      args: { source: "a" },
      reply: {
        replays: [{ eventId: "evt_1", replayId: "evt_2", state: "queued" }],
        remaining: 3,
        lastAtMs: "5",
      },
    },
    {
      call: "event_history",
      args: { limit: 2 },
      reply: { events: [{ id: "evt_1", state: "dead", reason: "failed", summary: "x" }], nextCursor: "1.1" },
    },
    {
      call: "source_list",
      args: {},
      reply: { sources: [{ id: "src_1", slug: "a", scheme: "github", routes: { "*": "x" }, dropped: "3" }] },
    },
    {
      call: "source_create",
      args: { slug: "github", type: "github", routes: { "*": "/x" }, eventType: { header: "X" } },
      reply: { source: { id: "src_1", slug: "github" }, secret: "s", nextStep: "paste it" },
    },
    { call: "source_delete", args: { id: "src_1" }, reply: { removed: true } },
  ],
  [
    {
      call: "cron_create",
      args: { schedule: "0 9 * * 1-5", prompt: "/catchup", timezone: "Europe/Berlin", misfire: "all" },
      reply: { cron: { id: "cron_1", schedule: "0 9 * * 1-5", next: [{ atMs: "7", local: "Mon" }] } },
    },
    {
      call: "cron_list",
      args: { after: "cron_0" },
      reply: { crons: [{ id: "cron_1", timesMissed: "2", missed: { local: "Mon" } }], more: true },
    },
    { call: "cron_update", args: { id: "cron_1", paused: true }, reply: { cron: { state: "paused" } } },
    { call: "cron_run", args: { id: "cron_1" }, reply: { eventId: E1, cron: { id: "cron_1" } } },
    { call: "cron_delete", args: { id: "cron_1" }, reply: { removed: true } },
  ],
  // As `/signalbox:configure` hands on what its user has typed.
  [
    { call: "configure", args: {} },
    { call: "configure", args: { token: "cbt_0123456789abcdef", remote: "https://box.example.org" } },
    { call: "configure", args: { clear: true } },
    { call: "token_create", args: { label: "laptop", tags: ["deploys"] } },
    { call: "token_list", args: {} },
    { call: "token_rotate", args: { label: "laptop" } },
    { call: "token_revoke", args: { id: "tok_01k00000000000000000000001" } },
  ],
  [
    { say: { ping: { nonce: "7" } } },
    { say: { refused: { code: "protocol", message: "old", cure: "update", retry: false } } },
    { pass: 60_000 },
    { say: { drain: { reconnectAfterSeconds: 1 } } },
    { break: true },
    hook("SessionStart", { source: "clear" }),
    hook("Notification", { notification_type: "idle_prompt" }),
  ],
];

export const framesDown: Target = {
  name: "frames-down",
  promise:
    "whatever a server, a hook or a caller says: each call is answered once, a hook with JSON, and nothing is left behind",
  async open() {
    const subject: Subject = {
      generate: (chance) => bytesOf(sequenceOf(ACTS, chance)),
      async judge(input) {
        const acts = jsonOf(input);
        if (Array.isArray(acts)) await judge(acts.slice(0, 100));
      },
      close: async () => {},
    };
    return subject;
  },
};

async function judge(acts: unknown[]): Promise<void> {
  const rig = new Rig();
  const broken: string[] = [];
  let unanswered = 0;
  rig.box.start();
  rig.box.initialized({ name: "claude-code", version: "2.1.329" });
  await settle();
  for (const act of acts) {
    if (!isObject(act)) continue;
    if (typeof act.call === "string") {
      unanswered += 1;
      answerCalls(rig, act.call, act.reply);
      void call(rig, act.call, isObject(act.args) ? act.args : {})
        .catch((error: unknown) => broken.push(brief(error)))
        .finally(() => {
          unanswered -= 1;
        });
    } else await perform(rig, act);
    await settle();
  }
  // Nothing waits longer: a tool at most 55 s.
  await rig.clock.pass(120_000);
  hold(broken.length === 0, broken.join("; "));
  hold(unanswered === 0, `${unanswered} calls are not answered`);
  const bugs = rig.logged.filter((line) => / tool failed|hook failed/.test(line));
  hold(bugs.length === 0, `the plugin's log says: ${bugs.join("; ")}`);
  rig.box.close();
  await settle();
  hold(rig.clock.timers === 0, `${rig.clock.timers} timers are left behind`);
}

async function perform(rig: Rig, act: Record<string, unknown>): Promise<void> {
  if (typeof act.pass === "number") await rig.clock.pass(Math.min(Math.max(0, act.pass), 600_000));
  else if (act.break === true) await rig.link.breaks();
  else if (act.waiter === true) rig.waiters.arrive();
  else {
    const frame = frameOf(act);
    // As the wire gives it: the rig takes what stands inside.
    if (frame !== null && frame.case !== undefined) await rig.link.say(frame);
  }
}

/** What the server answers to a tool's call, as it could come over the wire; null: no such message. */
const REPLIES: Readonly<Record<string, (json: JsonValue) => object>> = {
  account_info: (json) => fromJson(GetAccountResponseSchema, json, LENIENT),
  event_payload: (json) => fromJson(GetPayloadResponseSchema, json, LENIENT),
  event_replay: (json) => fromJson(ReplayEventsResponseSchema, json, LENIENT),
  event_history: (json) => fromJson(ListHistoryResponseSchema, json, LENIENT),
  source_list: (json) => fromJson(ListSourcesResponseSchema, json, LENIENT),
  source_create: (json) => fromJson(CreateSourceResponseSchema, json, LENIENT),
  cron_create: (json) => fromJson(CreateCronResponseSchema, json, LENIENT),
  cron_list: (json) => fromJson(ListCronsResponseSchema, json, LENIENT),
  cron_update: (json) => fromJson(UpdateCronResponseSchema, json, LENIENT),
  cron_delete: (json) => fromJson(DeleteCronResponseSchema, json, LENIENT),
  cron_run: (json) => fromJson(RunCronResponseSchema, json, LENIENT),
  source_delete: (json) => fromJson(DeleteSourceResponseSchema, json, LENIENT),
};

function answerCalls(rig: Rig, name: string, reply: unknown): void {
  rig.reply = { kind: "failed", failure: "other", message: "no" };
  try {
    const response = REPLIES[name]?.(reply as JsonValue);
    if (response !== undefined) rig.reply = { kind: "ok", response };
  } catch {
    // No such answer can be on the wire.
  }
}

function frameOf(act: Record<string, unknown>) {
  try {
    if (typeof act.bytes === "string")
      return fromBinary(ConnectResponseSchema, Buffer.from(act.bytes, "base64")).frame;
    return fromJson(ConnectResponseSchema, act.say as JsonValue, { ignoreUnknownFields: true }).frame;
  } catch {
    return null;
  }
}

/** The client's own library takes nothing but an object for arguments (target mcp). */
async function call(rig: Rig, name: string, args: object): Promise<void> {
  const answer = await rig.box.call(name, args, new AbortController().signal);
  hold(typeof answer.text === "string", `${name} has no answer`);
  if (name === "hook") hold(isObject(JSON.parse(answer.text)), "a hook's answer is no JSON object");
  answer.whenWritten?.();
}
