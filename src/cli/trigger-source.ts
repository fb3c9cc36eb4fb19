/**
 * The source that `trigger` posts to, `trigger-<scheme>`: made if missing. Its secret is kept in `trigger.json` (0600)
 * in the data folder, for the server tells none; where that is lost, the same slug again adds a new one.
 */
import { join } from "node:path";
import { z } from "zod";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { SchemeName } from "../domain/source.ts";
import { nodeFiles } from "../edges/node-files.ts";
import { nodeRandom } from "../edges/node-random.ts";
import type { ControlClient } from "./control-client.ts";

/** Slug to the source's id and secret. */
const TriggerFile = z.record(z.string(), z.object({ id: z.string(), secret: z.string() }));
type TriggerFile = z.infer<typeof TriggerFile>;

export interface TriggerSource {
  slug: string;
  secret: string;
}

export interface WantedSource {
  scheme: SchemeName;
  /** Of the lane that the event is for; null: the untagged one. */
  tag: string | null;
  dataDir: string;
}

export async function triggerSource(client: ControlClient, wanted: WantedSource): Promise<TriggerSource> {
  const { scheme, tag, dataDir } = wanted;
  const slug = `trigger-${scheme}`;
  const path = join(dataDir, "trigger.json");
  const kept = await readTriggerFile(path);
  const { sources } = await client.call(ControlService.method.listSources, {});
  const there = sources.find((source) => source.slug === slug);
  const mine = kept[slug];
  const isMine = there !== undefined && mine !== undefined && there.id === mine.id && there.scheme === scheme;
  if (isMine && there.lane === laneOfTag(tag)) return { slug, secret: mine.secret };
  const secret = isMine ? mine.secret : Buffer.from(nodeRandom.bytes(32)).toString("hex");
  const { source } = await client.call(ControlService.method.createSource, {
    slug,
    scheme,
    // Told again, a secret that the source has would be there twice.
    ...(isMine || scheme === "none" ? {} : { secret }),
    ...(tag === null ? {} : { tag }),
    skill:
      "This is a sample, sent by `signalbox trigger`. Say in one sentence what it is about, then acknowledge it.",
  });
  await nodeFiles.write(
    path,
    `${JSON.stringify({ ...kept, [slug]: { id: source?.id ?? "", secret } }, null, 2)}\n`,
  );
  return { slug, secret };
}

/** A file that can't be understood counts as lost; it is kept beside the one that is written in its place. */
async function readTriggerFile(path: string): Promise<TriggerFile> {
  const text = (await nodeFiles.read(path)) ?? "{}";
  try {
    return TriggerFile.parse(JSON.parse(text));
  } catch {
    await nodeFiles.write(`${path}.broken`, text);
    return {};
  }
}
