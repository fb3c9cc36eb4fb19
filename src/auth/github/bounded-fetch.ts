/**
 * Asks GitHub, and whatever answers in its place: within a time, no more than so much, and nobody whom it points to. A
 * redirect is an answer like another one, and no answer to what is asked here.
 */
import { version } from "../../edges/version.ts";

/** GitHub's own answers to what is asked here have some KiB. */
const MOST_BYTES = 256 * 1024;

interface Asked {
  method?: string;
  body?: URLSearchParams;
  headers: Record<string, string>;
  signal: AbortSignal;
}

/** Throws where it takes too long, says too much, or is not there. */
export async function boundedFetch(url: string, { headers, ...asked }: Asked): Promise<Response> {
  // GitHub refuses requests without a User-Agent.
  const named = { ...headers, "user-agent": `Signalbox/${version()}` };
  const answer = await fetch(url, { ...asked, headers: named, redirect: "manual" });
  const body = await readBounded(answer);
  const isBodiless = [204, 205, 304].includes(answer.status);
  return new Response(isBodiless ? null : body, { status: answer.status, headers: answer.headers });
}

/** As far as the limit, also of what comes compressed. */
async function readBounded({ body }: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels what is still to come.
    if (bytes > MOST_BYTES) throw new TooMuch(`the answer has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

class TooMuch extends Error {
  override readonly name = "TooMuch";
}
