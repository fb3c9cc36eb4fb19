import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EventInfoSchema } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Entry } from "../standin/transcript-entry.ts";
import { outcomeLine } from "../world/outcome.ts";
import type { EventAccount } from "./ledger.ts";
import { isClean, verdictOf } from "./verdict.ts";

const ids = ["a", "b", "c"].map((letter) => `evt_${letter.repeat(26)}`);
const account = (id: string, state: string): EventAccount => ({
  event: { number: 1, id, scheme: "github", type: "push", at: 0 },
  states: [],
  last: create(EventInfoSchema, { id, state }),
});
const shown = (id: string): Entry => ({
  kind: "turn-begin",
  at: 0,
  turn: 1,
  origins: ["channel"],
  instructions: true,
  reads: `Signalbox event ${id} (delivery 1) from source ci`,
});
const acks = (id: string, call: string): Entry[] => [
  { kind: "tool-call", at: 0, turn: 1, id: call, tool: "event_ack", input: { event_id: id } },
  {
    kind: "tool-answer",
    at: 0,
    turn: 1,
    id: call,
    tool: "event_ack",
    outcome: "answered",
    text: `${id} is done.`,
  },
];

test("a run in which all went well has three zeros", () => {
  const verdict = verdictOf(
    ids.map((id) => account(id, "acked")),
    [ids.flatMap((id) => [shown(id), ...acks(id, id)])],
  );
  expect(isClean(verdict)).toBe(true);
  expect(outcomeLine(verdict)).toBe("3 accepted, 3 acked, 0 lost, 0 doubled, 0 out of order, 0 shown again");
});

test("an event that was not acked is lost", () => {
  const verdict = verdictOf([account(ids[0] ?? "", "acked"), account(ids[1] ?? "", "queued")], [[]]);
  expect(verdict).toMatchObject({ accepted: 2, acked: 1, lost: 1 });
  expect(isClean(verdict)).toBe(false);
});

test("an event whose ack was committed twice is doubled", () => {
  const [id = ""] = ids;
  const verdict = verdictOf([account(id, "acked")], [[shown(id), ...acks(id, "1"), ...acks(id, "2")]]);
  expect(verdict).toMatchObject({ doubled: 1 });
  expect(isClean(verdict)).toBe(false);
});

test("an event that was first shown before an earlier one is out of order; shown again it is not", () => {
  const [a = "", b = ""] = ids;
  const accounts = [account(a, "acked"), account(b, "acked")];
  expect(verdictOf(accounts, [[shown(b), shown(a)]])).toMatchObject({ outOfOrder: 1, shownAgain: 0 });
  expect(verdictOf(accounts, [[shown(a)], [shown(a), shown(b)]])).toMatchObject({
    outOfOrder: 0,
    shownAgain: 1,
  });
});
