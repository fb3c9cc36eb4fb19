/** Posts a webhook as a provider would, and reads the server's answer. */
import { z } from "zod";
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import { serverDown } from "./grpc-trouble.ts";
import { httpRequest } from "./http-request.ts";
import type { Trusted } from "./server-trust.ts";

const DEADLINE_MS = 10_000;

const Answer = z.union([
  z.object({ ok: z.literal(true), id: z.string(), status: z.string() }),
  z.object({ ok: z.literal(false), code: z.string(), error: z.string() }),
]);

const Told = z.object({ "signalbox-event": z.string(), "signalbox-status": z.string() });

export interface Posted {
  id: string;
  /** queued, duplicate, dropped. */
  status: string;
}

export async function postWebhook(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: Buffer },
  trusted: Trusted,
): Promise<Posted> {
  const {
    status,
    headers: told,
    text,
  } = await httpRequest(url, {
    method: "POST",
    headers,
    body,
    trusted,
    deadlineMs: DEADLINE_MS,
  }).catch((error: unknown) => {
    throw serverDown(new URL(url).origin, error);
  });
  // Where the provider wants another answer than our JSON, these tell what became of it.
  const inHeaders = Told.safeParse(told);
  if (inHeaders.success) {
    return { id: inHeaders.data["signalbox-event"], status: inHeaders.data["signalbox-status"] };
  }
  const answer = Answer.safeParse(json(text));
  if (!answer.success) throw refusal(`answered ${status} with something else than its own JSON`);
  if (!answer.data.ok)
    throw refusal(`refused the webhook (${status} ${answer.data.code}): ${answer.data.error}`);
  return answer.data;
}

const refusal = (what: string) =>
  new SignalboxError(
    "invalid",
    "webhook_refused",
    `the server ${what}`,
    "`npm run doctor` looks for the cause",
  );

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return reasonOf(error);
  }
}
