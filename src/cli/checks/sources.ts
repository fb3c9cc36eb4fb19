/**
 * Whether the server can verify the webhooks of each source, whose secrets are of no use without the key of then; and whether their
 * providers send anything that is accepted.
 */
import { ControlService, type Source } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../../config/admin-file.ts";
import { SignalboxError } from "../../domain/errors.ts";
import { controlClient } from "../control-client.ts";
import { oneLine } from "../one-line.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const CURE =
  "Start the server with the keys.json or SIGNALBOX_KEY of before, or make the source again with the same slug (`source_create`): it gets a new secret";

export async function checkSources({ grpcUrl: url, token, tls }: AdminFile): Promise<Finding[]> {
  const client = controlClient({ url, token, trusted: tls?.certificate });
  try {
    const { sources } = await client.call(ControlService.method.listSources, {});
    const locked = sources.filter(({ unreadableSecrets }) => unreadableSecrets > 0).map(findingOf);
    const opened = ok("the secrets of all sources can be opened");
    const first = locked.length > 0 || sources.length === 0 ? locked : [opened];
    return [...first, ...schemesOf(sources), ...sources.flatMap(proofOf), ...sources.flatMap(silenceOf)];
  } catch (error) {
    if (error instanceof SignalboxError) return [fail(error.message, error.cure)];
    throw error;
  } finally {
    client.close();
  }
}

function findingOf({ slug, id, secrets, unreadableSecrets: lost }: Source): Finding {
  return lost === secrets
    ? fail(`no secret of source ${slug} (${id}) can be opened: its webhooks are not accepted`, CURE)
    : warn(`${lost} of ${secrets} secrets of source ${slug} (${id}) can't be opened`, CURE);
}

/** How many there are of each way to verify, the most frequent first. */
function schemesOf(sources: readonly Source[]): Finding[] {
  const counts = new Map<string, number>();
  for (const { scheme } of sources) counts.set(scheme, (counts.get(scheme) ?? 0) + 1);
  const told = [...counts].sort(([, a], [, b]) => b - a).map(([scheme, count]) => `${scheme} ${count}`);
  return told.length === 0 ? [] : [ok(`sources by what verifies their requests: ${told.join(", ")}`)];
}

/** Nobody vouches for what comes in, or nothing can come in. */
function proofOf({ slug, id, scheme, secrets }: Source): Finding[] {
  if (scheme === "none") {
    return [
      warn(
        `source ${slug} (${id}) verifies nothing: whoever knows its URL can send to your sessions`,
        "Give it a type that its provider can be verified by (`source_update` with `type`)",
      ),
    ];
  }
  if (secrets > 0) return [];
  return [
    warn(
      `source ${slug} (${id}) has no secret yet, and refuses every request`,
      `Copy the secret that ${scheme} shows, and give it by \`source_update\` with \`secret\``,
    ),
  ];
}

/** What a provider has been set up to send, or has not. */
function silenceOf({ slug, id, url, heardAtMs, refused, refusedCode }: Source): Finding[] {
  if (refused > 0) {
    return [
      warn(
        `the last ${refused} ${refused === 1 ? "request" : "requests"} to source ${slug} (${id}) were refused: ${oneLine(refusedCode)}`,
        refusedCode === "bad_signature" || refusedCode === "missing_signature" || refusedCode === "no_secret"
          ? "The provider must have the source's secret; source_update gives the source another one"
          : "The server's log says more; sign and send as docs/sources.md has it",
      ),
    ];
  }
  if (heardAtMs !== 0n) return [];
  return [
    warn(
      `source ${slug} (${id}) has never heard from its provider`,
      `Give the provider ${url}, and have it send a test delivery`,
    ),
  ];
}
