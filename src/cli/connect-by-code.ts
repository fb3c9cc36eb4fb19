/**
 * `connect --server URL --code CODE`: a server anywhere, whose sign-in has shown the code. A code is good once, so whether the configuration may be
 * replaced is known before it is shown to the server.
 */
import { z } from "zod";
import { reasonOf, SignalboxError } from "../domain/errors.ts";
import { isLoopback } from "../domain/reach.ts";
import { agreed } from "./agreement.ts";
import type { Call } from "./command.ts";
import type { Plan } from "./connection-plan.ts";
import { httpRequest } from "./http-request.ts";
import {
  type FoundConfiguration,
  type PluginConfiguration,
  readConfiguration,
  writeConfiguration,
} from "./plugin-configuration.ts";

const DEADLINE_MS = 15_000;

const Connection = z.object({
  remote: z.string().regex(/^https?:\/\/[^/\s]+$/),
  connectionToken: z.string().regex(/^cbt_[\x21-\x7e]{8,500}$/),
  ca: z.string().optional(),
});
type Connection = z.infer<typeof Connection>;

const Refusal = z.object({ code: z.string(), error: z.string() });

interface Asked {
  server: string | undefined;
  code: string | undefined;
  path: string;
  /** The tag that was asked for; null: none, undefined: whichever the configuration has. */
  session: string | null | undefined;
}

export async function connectByCode(
  call: Call,
  { server: given, code, path, session }: Asked,
): Promise<{ line: string; session: string | undefined }> {
  const server = serverOf(given);
  if (code === undefined) throw codeMissing(server);
  const plan = await agreed(planFor(await readConfiguration(path), server), call, path);
  const { ca: _, ...before }: Partial<PluginConfiguration> = plan.kind === "replace" ? plan.carriedOver : {};
  const made = {
    ...before,
    ...(await exchanged(server, code)),
    // As JSON it leaves the field out.
    ...(session === undefined ? {} : { session: session ?? undefined }),
  };
  await writeConfiguration(path, made);
  const kept =
    plan.kind === "replace" ? " Its other settings are as they were; the old one is beside it as .bak." : "";
  return { line: `Wrote ${path} with a token of its own, for ${made.remote}.${kept}`, session: made.session };
}

/** A configuration for a server on that host is this one's, whatever its port: a listener of webhooks has another. */
function planFor(found: FoundConfiguration, server: URL): Plan {
  if (found.kind === "none") return { kind: "make" };
  if (found.kind === "foreign") return { kind: "ask", why: "is not one of Signalbox" };
  const { remote } = found.configuration;
  const same = hostOf(URL.parse(remote)) === hostOf(server);
  return same
    ? { kind: "replace", carriedOver: found.configuration }
    : { kind: "ask", why: `is for another server, ${remote}` };
}

function hostOf(url: URL | null): string | null {
  const host = url?.hostname.replace(/^\[|\]$/g, "") ?? null;
  return host !== null && isLoopback(host) ? "loopback" : host;
}

async function exchanged(server: URL, code: string): Promise<Connection> {
  const url = `${withoutSlash(server.href)}/auth/cli/exchange`;
  const answer = await httpRequest(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: Buffer.from(new URLSearchParams({ code }).toString()),
    trusted: undefined,
    deadlineMs: DEADLINE_MS,
  }).catch((error: unknown) => {
    throw new SignalboxError(
      "unavailable",
      "server_down",
      `nobody answers at ${url} (${reasonOf(error)})`,
      "Compare the address with the one of the page that shows the code",
      error,
    );
  });
  const json = jsonOf(answer.text);
  const connection = Connection.safeParse(json);
  if (answer.status === 200 && connection.success) return connection.data;
  const refusal = Refusal.safeParse(json);
  if (!refusal.success) {
    throw new SignalboxError(
      "invalid",
      "no_signalbox",
      `${url} does not answer as Signalbox does (status ${answer.status})`,
      "Compare the address with the one of the page that shows the code",
    );
  }
  throw new SignalboxError(
    "unauthenticated",
    refusal.data.code,
    refusal.data.error.slice(0, 300),
    `Sign in at ${signInAt(server)}`,
  );
}

function serverOf(given: string | undefined): URL {
  const url = given === undefined ? null : URL.parse(given);
  const isPlain = url?.protocol === "http:" && hostOf(url) !== "loopback";
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "" && !isPlain)
    return url;
  throw new SignalboxError(
    "invalid",
    "bad_option",
    isPlain
      ? "--server is plain http to another machine, where the token could be read on its way"
      : "--code needs --server, an https:// address",
    "Give both as the page of the sign-in shows them",
  );
}

const codeMissing = (server: URL): SignalboxError =>
  new SignalboxError(
    "invalid",
    "code_missing",
    `${withoutSlash(server.href)} connects who has signed in`,
    `Open ${signInAt(server)} in a browser: it shows the command, with a code`,
  );

const signInAt = (server: URL): string => `${withoutSlash(server.href)}/auth/cli`;
const withoutSlash = (url: string): string => url.replace(/\/+$/, "");

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
