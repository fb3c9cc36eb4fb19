/** The random name of one event's boundary: who writes a payload can't know it. Stored, so that it is drawn once. */
import type { Random } from "../ports/random.ts";
import { shownJson, shownText } from "./escape.ts";

const MARKERS = 2 ** 32;

/** Eight hex digits that stand neither in the payload nor in what is shown of it. */
export function drawMarker(random: Random, payload: string): string {
  const taken = [payload, shownText(payload), shownJson(payload)].join("\n").toLowerCase();
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  let number = ((a * 256 + b) * 256 + c) * 256 + d;
  // Counting on from a random start ends even where randomness is a seed's; no payload has room for all markers.
  while (taken.includes(hex(number))) number = (number + 1) % MARKERS;
  return hex(number);
}

const hex = (number: number): string => number.toString(16).padStart(8, "0");
