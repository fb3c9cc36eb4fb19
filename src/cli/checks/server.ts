import { ControlService, type GetAccountResponse } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../../config/admin-file.ts";
import { reasonOf, SignalboxError } from "../../domain/errors.ts";
import { controlClient } from "../control-client.ts";
import { type Finding, fail, ok } from "./finding.ts";

const HTTP_DEADLINE_MS = 5_000;

export async function checkHttp({ httpUrl }: AdminFile): Promise<Finding> {
  try {
    const answer = await fetch(`${httpUrl}/healthz`, { signal: AbortSignal.timeout(HTTP_DEADLINE_MS) });
    await answer.body?.cancel();
    if (answer.ok) return ok(`webhooks are listened for at ${httpUrl}`);
    return fail(`${httpUrl}/healthz answers ${answer.status}`, "See the server's log");
  } catch (error) {
    return fail(`nobody answers at ${httpUrl} (${reasonOf(error)})`, "Start the server with `npm start`");
  }
}

/** Asks with a token whose account it is. */
export async function askAccount(
  url: string,
  token: string,
): Promise<{ kind: "answered"; account: GetAccountResponse } | { kind: "failed"; error: SignalboxError }> {
  const client = controlClient({ url, token });
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
): Promise<{ findings: Finding[]; account: GetAccountResponse | null }> {
  const answer = await askAccount(admin.grpcUrl, admin.token);
  if (answer.kind === "failed") {
    return { findings: [fail(answer.error.message, answer.error.cure)], account: null };
  }
  const { account } = answer;
  const what = `plugins and commands are served at ${admin.grpcUrl} (version ${account.serverVersion})`;
  return { findings: [ok(what)], account };
}
