/** The plugin's configuration: there, private, outside the project, and with a token that the server knows. */
import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { homeOf } from "../../config/home.ts";
import { SignalboxError } from "../../domain/errors.ts";
import { configurationPath, readConfiguration } from "../plugin-configuration.ts";
import { type Trusted, trustedBy } from "../server-trust.ts";
import { type Finding, fail, ok } from "./finding.ts";
import { checkPrivate } from "./privacy.ts";
import { askAccount } from "./server.ts";

const CONNECT = "Run `npm run connect`";

export async function checkConfiguration(env: NodeJS.ProcessEnv, folder: string): Promise<Finding[]> {
  const path = configurationPath(env);
  const privacy = await checkPrivate(path, 0o600);
  if (privacy === null) return [fail(`the plugin has no configuration at ${path}`, CONNECT)];
  const found = [privacy, ...checkPlace(path, folder, env)];
  const read = await readConfiguration(path).catch(troubleOf);
  if (read instanceof SignalboxError) return [...found, fail(read.message, read.cure)];
  if (read.kind !== "found") return [...found, fail(`${path} is not a configuration of the plugin`, CONNECT)];
  const { remote, connectionToken, ca } = read.configuration;
  if (!/^https?:$/.test(URL.parse(remote)?.protocol ?? "")) {
    const cure = "Correct it, or run `npm run connect -- --force`";
    return [...found, fail(`its remote "${remote}" is not an http:// or https:// address`, cure)];
  }
  let trusted: Trusted;
  try {
    trusted = ca === undefined ? undefined : trustedBy(resolve(dirname(path), ca));
  } catch (error) {
    const { message, cure } = troubleOf(error);
    return [...found, fail(message, cure)];
  }
  const answer = await askAccount(remote, connectionToken, trusted);
  if (answer.kind === "answered") return [...found, ok(`its token is valid at ${remote}`)];
  return [...found, unanswered(remote, answer.error)];
}

function unanswered(remote: string, { kind, code, message, cure }: SignalboxError): Finding {
  if (kind === "unauthenticated") return fail(`its token is not valid at ${remote}`, CONNECT);
  if (code !== "server_down") return fail(message, cure);
  return fail(
    `the server that it names, ${remote}, does not answer`,
    "Start it with `npm start`; if another is meant, run `npm run connect`",
  );
}

function troubleOf(error: unknown): SignalboxError {
  if (error instanceof SignalboxError) return error;
  throw error;
}

/** The plugin refuses a configuration that a repository could have brought along. */
function checkPlace(path: string, folder: string, env: NodeJS.ProcessEnv): Finding[] {
  // A folder that holds the whole home is no repository that somebody else wrote.
  if (!isInside(path, folder) || isInside(homeOf(env), folder)) return [];
  return [
    fail(
      `${path} lies inside the project folder, where the plugin refuses it`,
      "Unset SIGNALBOX_CONFIG, or move the file",
    ),
  ];
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
