/** Whether the server can verify the webhooks of each source: its secrets are of no use without the key of then. */
import { ControlService, type Source } from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../../config/admin-file.ts";
import { SignalboxError } from "../../domain/errors.ts";
import { controlClient } from "../control-client.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const CURE =
  "Start the server with the keys.json or SIGNALBOX_KEY of before, or make the source again with the same slug (`source_create`): it gets a new secret";

export async function checkSources({ grpcUrl: url, token, tls }: AdminFile): Promise<Finding[]> {
  const client = controlClient({ url, token, trusted: tls?.certificate });
  try {
    const { sources } = await client.call(ControlService.method.listSources, {});
    const found = sources.filter(({ unreadableSecrets }) => unreadableSecrets > 0).map(findingOf);
    return found.length > 0 || sources.length === 0
      ? found
      : [ok("the secrets of all sources can be opened")];
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
