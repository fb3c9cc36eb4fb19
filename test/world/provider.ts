/** One provider's webhook: signed once, and sent with the same delivery id until it is accepted. */
import { setTimeout as pause } from "node:timers/promises";
import { sampleWebhook } from "../../src/domain/samples/sample.ts";
import type { SchemeName } from "../../src/domain/source.ts";

const AGAIN_MS = 200;
const MOST_TRIES = 100;
/** A request that hangs in a frozen connection is given up and sent again. */
const PATIENCE_MS = 3_000;

export interface ProviderSource {
  scheme: SchemeName;
  url: string;
  secret: string;
}

/** What the server said of a webhook that it accepted. */
export interface Acceptance {
  id: string;
  /** `queued`, or `duplicate` where an earlier try had been stored. */
  status: string;
  tries: number;
}

export interface Webhook {
  type: string;
  /** Another seed is another delivery. */
  seed: string;
}

/** Resolves when the server has said that the event is its own. */
export async function sendUntilAccepted(
  { scheme, url, secret }: ProviderSource,
  { type, seed }: Webhook,
  { againMs = AGAIN_MS, mostTries = MOST_TRIES } = {},
): Promise<Acceptance> {
  const sample = sampleWebhook(scheme, type, { secret, url, nowMs: Date.now(), seed });
  if (sample.kind !== "sample") throw new Error(`there is no sample ${type}`);
  const { headers } = sample;
  const body = new Uint8Array(sample.body);
  for (let tries = 1; tries <= mostTries; tries++) {
    const answer = await post(url, headers, body);
    if (answer !== null) return { ...answer, tries };
    await pause(againMs);
  }
  throw new Error(`webhook ${seed} was not accepted`);
}

/** Null: not accepted, or nobody heard the answer. */
async function post(
  url: string,
  headers: Record<string, string>,
  body: Uint8Array<ArrayBuffer>,
): Promise<{ id: string; status: string } | null> {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, { method: "POST", headers, body, signal });
    const answer: unknown = await response.json();
    return response.status === 202 && isAccepted(answer) ? answer : null;
  } catch {
    return null;
  }
}

const isAccepted = (answer: unknown): answer is { id: string; status: string } =>
  typeof answer === "object" &&
  answer !== null &&
  "id" in answer &&
  typeof answer.id === "string" &&
  "status" in answer &&
  typeof answer.status === "string";
