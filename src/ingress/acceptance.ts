/**
 * What is answered to a request that was accepted, in the form that its provider wants. Where that has no room for what became of it,
 * two headers tell it to whoever looks.
 */
import type { ServerResponse } from "node:http";
import type { Answer } from "../domain/schemes/index.ts";
import { answer, answerEmpty, answerText } from "./http-status.ts";

const EVENT_HEADER = "Signalbox-Event";
const STATUS_HEADER = "Signalbox-Status";

interface Outcome {
  status: string;
  /** A handshake has none. */
  id?: string;
}

export function answerAccepted(
  response: ServerResponse,
  { status, content }: Answer,
  outcome: Outcome,
): void {
  if (content === "ours") {
    answer(response, status, { ok: true, ...outcome });
    return;
  }
  response.setHeader(STATUS_HEADER, outcome.status);
  if (outcome.id !== undefined) response.setHeader(EVENT_HEADER, outcome.id);
  if (content === "empty") answerEmpty(response, status);
  else answerText(response, status, content.type, content.text);
}
