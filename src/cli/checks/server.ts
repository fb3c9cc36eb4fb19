import { X509Certificate } from "node:crypto";
import { ControlService, type GetAccountResponse } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../../config/admin-file.ts";
import { reasonOf, SignalboxError } from "../../domain/errors.ts";
import { controlClient } from "../control-client.ts";
import { httpRequest } from "../http-request.ts";
import type { Trusted } from "../server-trust.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const HTTP_DEADLINE_MS = 5_000;

/** `start`: the command that starts the server of this folder. */
export async function checkHttp({ httpUrl, tls }: AdminFile, start: string): Promise<Finding> {
  try {
    const answer = await httpRequest(`${httpUrl}/healthz`, {
      trusted: tls?.certificate,
      deadlineMs: HTTP_DEADLINE_MS,
    });
    if (answer.status === 200) return ok(`webhooks are listened for at ${httpUrl}`);
    return fail(`${httpUrl}/healthz answers ${answer.status}`, "See the server's log");
  } catch (error) {
    return fail(`nobody answers at ${httpUrl} (${reasonOf(error)})`, `Start the server with ${start}`);
  }
}

const SOON_MS = 14 * 86_400_000;

/** Renewed in time, or nobody connects any more. */
export function checkCertificate({ tls }: AdminFile, now: number): Finding[] {
  if (tls === undefined) return [];
  const until = Date.parse(new X509Certificate(tls.certificate).validTo);
  const day = new Date(until).toISOString().slice(0, 10);
  if (until - now > SOON_MS) return [ok(`the certificate holds until ${day}`)];
  const what = `the certificate in ${tls.file} ${until < now ? "expired" : "expires"} on ${day}`;
  return [warn(what, "Renew it in its place: the server takes the new one within 30 seconds")];
}

/** Asks with a token whose account it is. */
export async function askAccount(
  url: string,
  token: string,
  trusted: Trusted,
): Promise<{ kind: "answered"; account: GetAccountResponse } | { kind: "failed"; error: SignalboxError }> {
  const client = controlClient({ url, token, trusted });
  try {
    return { kind: "answered", account: await client.call(ControlService.method.getAccount, {}) };
  } catch (error) {
    if (error instanceof SignalboxError) return { kind: "failed", error };
    throw error;
  } finally {
    client.close();
  }
}

export async function checkGrpc(
  admin: AdminFile,
  start: string,
): Promise<{ findings: Finding[]; account: GetAccountResponse | null }> {
  const answer = await askAccount(admin.grpcUrl, admin.token, admin.tls?.certificate);
  if (answer.kind === "failed") {
    const { code, message, cure } = answer.error;
    const what = code === "server_down" ? `Start it with ${start}` : cure;
    return { findings: [fail(message, what)], account: null };
  }
  const { account } = answer;
  const what = `plugins and commands are served at ${admin.grpcUrl} (version ${account.serverVersion})`;
  return { findings: [ok(what)], account };
}
