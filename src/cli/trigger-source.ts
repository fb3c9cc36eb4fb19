/**
 * The source that `trigger` posts to, `trigger-<scheme>`: made if missing. Its secret is kept in `trigger.json` (0600)
 * in the data folder, for the server tells none; where that is lost, the same slug again adds a new one.
 */
import { join } from "node:path";
import { z } from "zod";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { laneOfTag } from "../domain/lane.ts";
import { keysOf, schemes } from "../domain/schemes/index.ts";
import type { SchemeName } from "../domain/source.ts";
import { nodeFiles } from "../edges/node-files.ts";
import { nodeRandom } from "../edges/node-random.ts";
import type { ControlClient } from "./control-client.ts";

/** Slug to the source's id and what signs for it. */
const TriggerFile = z.record(z.string(), z.object({ id: z.string(), secret: z.string() }));
type TriggerFile = z.infer<typeof TriggerFile>;

export interface TriggerSource {
  slug: string;
  /** What signs. */
  secret: string;
  /** As a provider is told it: it may be another address than the one on this machine. */
  url: string;
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
  if (isMine && there.lane === laneOfTag(tag)) return { slug, secret: mine.secret, url: there.url };
  const { signing, given } = keysOf(schemes[scheme].secret, nodeRandom.bytes(32));
  const secret = isMine ? mine.secret : signing;
  const { source } = await client.call(ControlService.method.createSource, {
    slug,
    scheme,
    // It has it.
    ...(isMine || scheme === "none" ? {} : { secret: given }),
    ...(tag === null ? {} : { tag }),
    skill:
      "This is a sample, sent by `signalbox trigger`. Say in one sentence what it is about, then acknowledge it.",
  });
  await nodeFiles.write(
    path,
    `${JSON.stringify({ ...kept, [slug]: { id: source?.id ?? "", secret } }, null, 2)}\n`,
  );
  return { slug, secret, url: source?.url ?? "" };
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
