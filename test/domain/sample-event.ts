/** An event as the tests of what Claude reads need it. */
import type { EventContent, EventFacts } from "../../src/domain/event.ts";
import type { EventContext } from "../../src/domain/machines/event.ts";
import { initialContext } from "../../src/domain/machines/event-words.ts";
import { limits } from "./machine-run.ts";

export const EVENT_ID = "evt_01k0000000000000000000000a";

export const facts = (changes: Partial<EventFacts> = {}): EventFacts => ({
  id: EVENT_ID,
  account: "acc_01k0000000000000000000000a",
  lane: "tag:deploys",
  origin: "webhook",
  priority: "normal",
  from: "github",
  sourceId: "src_01k0000000000000000000000a",
  type: "pull_request.opened",
  verifiedBy: "github",
  deliveryId: "d-1",
  receivedAt: 0,
  bytes: 0,
  details: null,
  ...changes,
});

export const content = (changes: Partial<EventContent> = {}): EventContent => ({
  prompt: "/review",
  contentType: "application/json",
  payload: '{"action":"opened"}',
  marker: "7f3c9a2e",
  ...changes,
});

export const context = (changes: Partial<EventContext> = {}): EventContext => ({
  ...initialContext({ birth: "queued", reason: null, limits, delayMs: 0 }),
  delivery: 1,
  ...changes,
});
