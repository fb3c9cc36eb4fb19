/**
 * `POST /auth/cli/exchange`: the code of a sign-in for a connection, once. It is for curl and `npm run connect`: a browser is sent away,
 * whatever page it asks for. The answer is the plugin's configuration, as it stands in its file.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { clientAddress } from "../../auth/client-address.ts";
import { reasonOf, SignalboxError } from "../../domain/errors.ts";
import { codeNotAccepted } from "../../services/sign-ins.ts";
import { answerError, answerText } from "../http-status.ts";
import { secluded } from "./answers.ts";
import { notAtThisMachine } from "./at-this-machine.ts";
import { formOf } from "./form.ts";
import { Refused } from "./refused.ts";
import type { SignInParts } from "./sign-in.ts";

export const exchange =
  (parts: SignInParts) => async (request: IncomingMessage, response: ServerResponse) => {
    const { signIns, doorkeeper, log, connection, trustProxy } = parts;
    secluded(response);
    try {
      doorkeeper.signIn(clientAddress(request, trustProxy));
      await requireProgram(parts, request);
      const code = (await formOf(request, response)).get("code") ?? "";
      const { account, token, secret } = await signIns.exchange(code);
      log.info({ account: account.id, token: token.id }, "a code was exchanged for a token");
      const configuration = { ...connection(), connectionToken: secret };
      answerText(response, 200, "application/json", `${JSON.stringify(configuration, null, 2)}\n`);
    } catch (error) {
      answerError(log, toldOf(parts, error, request), request, response);
    }
  };

/** Throws `Refused`. */
async function requireProgram(parts: SignInParts, request: IncomingMessage): Promise<void> {
  const { origin, "sec-fetch-site": site } = request.headers;
  if (origin !== undefined || site !== undefined) throw new Refused("a page asked");
  const away = parts.github === null ? await notAtThisMachine(request, parts) : null;
  if (away !== null) throw new Refused(away);
}

/** Whatever was wrong with code or asker is one and the same; the log says which. */
function toldOf({ log, trustProxy }: SignInParts, error: unknown, request: IncomingMessage): unknown {
  const isOfCode = error instanceof SignalboxError && error.kind === "unauthenticated";
  if (!isOfCode && !(error instanceof Refused)) return error;
  const reason = isOfCode ? String(error.cause) : reasonOf(error);
  log.warn({ reason, from: clientAddress(request, trustProxy) }, "the code of a sign-in was refused");
  return codeNotAccepted(reason);
}
