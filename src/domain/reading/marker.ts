/** The random name of one event's boundary: who writes a payload can't know it. Stored, so that it is drawn once. */
import type { Random } from "../ports/random.ts";
import { shownJson, shownText } from "./escape.ts";

const MARKERS = 2 ** 32;

/** Eight hex digits that stand neither in the payload nor in what is shown of it. */
export function drawMarker(random: Random, payload: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = random.bytes(4);
  let number = ((a * 256 + b) * 256 + c) * 256 + d;
  const lower = payload.toLowerCase();
  if (!lower.includes(tail(number))) return hex(number);
  const taken = [lower, shownText(payload), shownJson(payload)].join("\n").toLowerCase();
  // Counting on from a random start ends even where randomness is a seed's; no payload has room for all markers.
  while (taken.includes(hex(number))) number = (number + 1) % MARKERS;
  return hex(number);
}

/**
 * A payload that is shown has escapes of four hex digits in it, whose digits can run together with the text behind
 * them, never with the text before. So where not even a marker's last four digits stand in the payload, the marker stands
 * in nothing that is shown of it; this spares nearly every event the showing.
 */
const tail = (number: number): string => hex(number).slice(4);

const hex = (number: number): string => number.toString(16).padStart(8, "0");
