/**
 * GitHub's token endpoint, which answers mistakes with status 200 where the standard has 400, and parts scopes by commas where it has
 * spaces. https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 */
import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  ClientSecretPost,
  customFetch,
  processAuthorizationCodeResponse,
} from "oauth4webapi";
import { z } from "zod";
import { boundedFetch } from "./bounded-fetch.ts";

const PROBLEMS = [
  "bad_verification_code",
  "incorrect_client_credentials",
  "redirect_uri_mismatch",
  "unverified_user_email",
  "invalid_grant",
] as const;

const Problem = z.object({ error: z.string() });

/** GitHub does not give a token for this code. Its own words are not repeated, but for those that are known. */
export class CodeRefused extends Error {
  override readonly name = "CodeRefused";
  readonly problem: (typeof PROBLEMS)[number] | "another error";

  constructor(told: string) {
    const problem = PROBLEMS.find((known) => known === told) ?? "another error";
    super(problem);
    this.problem = problem;
  }
}

export interface TokenRequest {
  server: AuthorizationServer;
  client: Client;
  clientSecret: string;
  callbackUrl: string;
  /** As `validateAuthResponse` gave it. */
  answered: URLSearchParams;
  verifier: string;
  signal: AbortSignal;
}

/** Throws `CodeRefused`, and whatever else goes wrong. */
export async function requestToken(asked: TokenRequest): Promise<{ token: string; scopes: string[] }> {
  const { server, client, clientSecret, callbackUrl, answered, verifier, signal } = asked;
  const proof = ClientSecretPost(clientSecret);
  const response = await authorizationCodeGrantRequest(
    server,
    client,
    proof,
    answered,
    callbackUrl,
    verifier,
    {
      // The settings have said where plain http may be spoken.
      [allowInsecureRequests]: true,
      [customFetch]: (url, { method, body, headers }) => boundedFetch(url, { method, body, headers, signal }),
    },
  );
  const told: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  const problem = Problem.safeParse(told);
  if (problem.success) throw new CodeRefused(problem.data.error);
  const { access_token: token, scope } = await processAuthorizationCodeResponse(server, client, response);
  return { token, scopes: (scope ?? "").split(/[, ]+/) };
}
