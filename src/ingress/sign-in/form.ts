import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../body.ts";

/** A form of ours, or of curl, has some hundred bytes. */
const MOST_BYTES = 4_096;

export async function formOf(request: IncomingMessage, response: ServerResponse): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(request, response, MOST_BYTES)).toString("utf8"));
}
