/** Any bytes as a payload: what Claude reads of them, whole and in pages. */
import { webhookRequest } from "../../../src/domain/payload.ts";
import { drawMarker } from "../../../src/domain/reading/marker.ts";
import { payloadPage } from "../../../src/domain/reading/payload-page.ts";
import { renderEvent } from "../../../src/domain/reading/render.ts";
import { PIECES } from "../../boundary/corpus.ts";
import { brokenInside, isPlain, parted } from "../../boundary/invariant.ts";
import { content, context, EVENT_ID, facts } from "../../domain/sample-event.ts";
import { seededRandom } from "../../world/seeded-random.ts";
import { type Chance, chanceOf } from "../chance.ts";
import { mutateBytes, mutateJson } from "../mutate.ts";
import { hold, type Target } from "../target.ts";

const TYPES = ["application/json", "text/plain", "application/x-www-form-urlencoded"];

export const reading: Target = {
  name: "reading",
  promise: "no payload leaves its boundary, opens a tag in it, or hides anything there",
  open: async () => ({ generate, judge, close: async () => {} }),
};

function generate(chance: Chance): Uint8Array {
  const text = Array.from({ length: 1 + chance.below(5) }, () => chance.of(PIECES)).join("");
  if (chance.oneIn(2)) return mutateBytes(Buffer.from(text), chance);
  const json = mutateJson({ [chance.of(PIECES)]: text, list: [chance.of(PIECES), 1, { a: text }] }, chance);
  return Buffer.from(JSON.stringify(json, null, chance.of([0, 2])) ?? "");
}

async function judge(input: Uint8Array): Promise<void> {
  for (const type of TYPES) {
    const { contentType, text: payload } = webhookRequest({ "content-type": type }, input).payload();
    if (payload === "") continue;
    const marker = drawMarker(seededRandom(1), payload);
    const event = content({ payload, contentType, marker, prompt: null });
    const given = { facts: facts(), context: context(), waiting: { count: 1, more: false }, first: null };
    judgeText(renderEvent({ ...given, content: event }), marker);
    // The places are the input's own, so that a file of the corpus repeats them.
    const chance = chanceOf("pages", Buffer.from(input).toString("latin1"));
    for (let pages = 0; pages < 3; pages++) {
      const asked = { pointer: "", offset: chance.below(payload.length + 1), limit: chance.below(2_000) };
      const page = payloadPage({
        facts: { id: EVENT_ID, details: null, verifiedBy: null },
        content: event,
        ...asked,
      });
      if (page.kind === "page") judgeText(page.content, marker);
    }
  }
}

function judgeText(text: string, marker: string): void {
  const parts = parted(text, marker);
  hold(parts !== null, "the boundary does not stand once");
  const broken = brokenInside(parts.inside);
  hold(broken.length === 0, broken.join("; "));
  const words = parts.outside.replaceAll(`<payload-${marker}>`, "").replaceAll(`</payload-${marker}>`, "");
  hold(isPlain(words), "something stands outside");
}
