/** Names that others chose stand outside of the boundary only in their grammar (promise 12). */
import fc from "fast-check";
import { expect, test } from "vitest";
import { announcedEvent, wakeLine } from "../../plugin/src/edges/waiter-talk.ts";
import { webhookRequest } from "../../src/domain/payload.ts";
import { channelMeta } from "../../src/domain/reading/meta.ts";
import { type Reading, renderEvent } from "../../src/domain/reading/render.ts";
import { keysOf, receive, schemes } from "../../src/domain/schemes/index.ts";
import { SCHEMES } from "../../src/domain/source.ts";
import { MARKER } from "../domain/hostile.ts";
import { content, context, EVENT_ID, facts } from "../domain/sample-event.ts";
import { NAMES } from "./corpus.ts";
import { hostileText } from "./hostile-text.ts";
import { isPlain, parted } from "./invariant.ts";

const anyName = fc.oneof(fc.constantFrom(...NAMES), hostileText);
const WORD = /^[A-Za-z0-9._:/@+-]{1,120}$/;

const reading = (changes: Partial<Reading>): Reading => ({
  facts: facts(),
  content: content({ prompt: null }),
  context: context(),
  waiting: { count: 0, more: false },
  first: null,
  ...changes,
});

test("no type, source, lane, origin or folder says more than a word, in the text and in the channel's attributes", () => {
  fc.assert(
    fc.property(anyName, anyName, anyName, anyName, (from, type, lane, project) => {
      for (const origin of ["webhook", "message", "cron", "exit"] as const) {
        const given = reading({ facts: facts({ from, type, lane, origin }), first: { project } });
        const outside = parted(renderEvent(given), MARKER)?.outside ?? "";
        const [line = "", , serves = ""] = outside.split("\n");
        const said =
          /^Signalbox event \S+ \(delivery 1\) from (?:source|session|cron|the exit of session) (\S+?)(?:, verified)?\. Type (\S+)\. (?:Lane \S+|Untagged lane), nothing more waiting\.$/.exec(
            line,
          );
        expect(said, line).not.toBeNull();
        for (const name of said?.slice(1) ?? []) expect(name).toMatch(WORD);
        expect(serves).toMatch(
          /^This session serves (?:lane \S+|the untagged lane) in folder [A-Za-z0-9._:/@+-]{1,64}\.$/,
        );
        expect(isPlain(outside.replaceAll(new RegExp(`</?payload-${MARKER}>`, "g"), ""))).toBe(true);
        for (const [key, value] of Object.entries(channelMeta(given))) {
          expect(key).toMatch(/^[a-z_]+$/);
          expect(value).toMatch(/^[A-Za-z0-9._:/@+()-]{1,120}$/);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("whatever a request's headers and body say, its event is told in the same words", () => {
  const headers = [
    "x-github-event",
    "x-event-type",
    "x-github-delivery",
    "x-delivery-id",
    "idempotency-key",
    "user-agent",
  ];
  fc.assert(
    fc.property(anyName, fc.constantFrom(...SCHEMES), (name, scheme) => {
      const body = Buffer.from(
        JSON.stringify({ type: name, id: name, action: name, event: name, webhookTimestamp: 0 }),
      );
      const { signing, given } = keysOf(schemes[scheme].secret, Buffer.alloc(32));
      const sent = Object.fromEntries(headers.map((header) => [header, name]));
      const own = schemes[scheme].sign({ headers: sent, body, url: "" }, signing, 0);
      const eventType = { body: "type", action: "action" };
      const source = { secrets: [given], url: "", options: null, eventType };
      const received = receive(schemes[scheme], webhookRequest({ ...sent, ...own }, body), source, 0);
      if (received.kind !== "event") return;
      expect(received.type).toMatch(/^[A-Za-z0-9._:/-]{1,120}$/);
      expect(received.deliveryId ?? "x").toMatch(/^[\x21-\x7e]{1,200}$/);
      const { type, contentType, payload } = received;
      const shown = renderEvent(
        reading({ facts: facts({ type }), content: content({ contentType, payload, prompt: null }) }),
      );
      const known = renderEvent(reading({ facts: facts({ type }) }));
      // The payload knows the marker in some of these; what is drawn never is in it.
      if (payload.includes(MARKER)) return;
      const words = (text: string) => parted(text, MARKER)?.outside.split(`</payload-${MARKER}>`)[0];
      expect(words(shown)).toBe(words(known));
    }),
    { numRuns: 300 },
  );
});

test("a waiter says its one line of an event's id, or nothing", () => {
  fc.assert(
    fc.property(anyName, anyName, (before, after) => {
      for (const line of [
        before,
        `wake ${before}`,
        `wake ${EVENT_ID}${after}`,
        `wake ${EVENT_ID} ${after}`,
        `${before} ${EVENT_ID}`,
      ]) {
        const event = announcedEvent(line);
        if (event === null) continue;
        expect(event).toBe(EVENT_ID);
        expect(isPlain(wakeLine(event))).toBe(true);
      }
    }),
  );
});
