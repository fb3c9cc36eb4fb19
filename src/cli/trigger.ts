/** `signalbox trigger`: a realistic, correctly signed webhook, posted as a provider would, and followed to its end. */
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../config/admin-file.ts";
import { SignalboxError } from "../domain/errors.ts";
import { label } from "../domain/grammar.ts";
import { type Lane, laneOfTag } from "../domain/lane.ts";
import { sampleTypes, sampleWebhook } from "../domain/samples/sample.ts";
import { SCHEMES, type SchemeName } from "../domain/source.ts";
import { nodeClock } from "../edges/node-clock.ts";
import { nodeRandom } from "../edges/node-random.ts";
import { type Call, type Command, textOf } from "./command.ts";
import type { ControlClient } from "./control-client.ts";
import { follow, timeOf, whyUnserved, whyWaiting } from "./following.ts";
import { withServer } from "./local-server.ts";
import { type Posted, postWebhook } from "./post-webhook.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";
import { tagOf } from "./tag-option.ts";
import type { Terminal } from "./terminal.ts";
import { type TriggerSource, triggerSource } from "./trigger-source.ts";

const WAIT_SECONDS = 30;

const SYNOPSIS = "[--session TAG] [--wait SECONDS] [--data-dir FOLDER] <scheme> <type>";

export const trigger: Command = {
  synopsis: SYNOPSIS,
  help: [
    "Sends a signed sample webhook to the source trigger-<scheme>, which is made if missing, and follows its event.",
    `Exit code 0: acknowledged; 2: still waiting after ${WAIT_SECONDS} s; 1: an error.`,
    "",
    knownTypes(),
    "",
    "Options:",
    "  --session TAG      for the sessions of this lane",
    `  --wait SECONDS     follow it so long (default ${WAIT_SECONDS})`,
    dataDirHelp,
  ].join("\n"),
  options: { ...dataDirOption, session: { type: "string" }, wait: { type: "string" } },
  allowPositionals: true,

  async run(call) {
    const [name = ""] = call.positionals;
    const scheme = SCHEMES.find((known) => known === name);
    if (scheme === undefined) {
      call.terminal.complain(withoutScheme(name));
      return 1;
    }
    const type = wantedType(call, scheme);
    const waitMs = waitSeconds(call) * 1000;
    const tag = tagOf(call, "session") ?? null;
    const dataDir = dataDirOf(call);
    return withServer(dataDir, async (client, admin) => {
      const source = await triggerSource(client, { scheme, tag, dataDir });
      const posted = await post(client, admin, { ...source, scheme, type });
      call.terminal.print(
        `${timeOf(nodeClock.now())}  stored       as ${posted.id} (${scheme} ${type}, ${posted.status})`,
      );
      const lane = laneOfTag(tag);
      await tellIfUnserved(client, lane, call.terminal);
      return followToEnd(client, posted, { waitMs, lane, terminal: call.terminal });
    });
  },
};

async function post(
  client: ControlClient,
  { httpUrl, tls }: AdminFile,
  { slug, secret, url, scheme, type }: TriggerSource & { scheme: SchemeName; type: string },
): Promise<Posted> {
  const { profileId } = await client.call(ControlService.method.getAccount, {});
  const seed = Buffer.from(nodeRandom.bytes(16)).toString("hex");
  const sample = sampleWebhook(scheme, type, { secret, seed, url, nowMs: nodeClock.now() });
  if (sample.kind === "unknown_type") throw unknownType(scheme, type);
  return postWebhook(`${httpUrl}/webhook/${profileId}/${slug}`, sample, tls?.certificate);
}

/** At once: whoever must start a session first need not wait to be told so. */
async function tellIfUnserved(client: ControlClient, lane: Lane, terminal: Terminal): Promise<void> {
  const unserved = whyUnserved(lane, await client.call(ControlService.method.getAccount, {}));
  if (unserved !== null) terminal.complain(unserved);
}

async function followToEnd(
  client: ControlClient,
  { id }: Posted,
  { waitMs, lane, terminal }: { waitMs: number; lane: Lane; terminal: Terminal },
): Promise<number> {
  const steps = client.watch(ControlService.method.watchEvent, { id }, AbortSignal.timeout(waitMs));
  const ending = await follow(steps, terminal.print);
  switch (ending.kind) {
    case "acked":
      return 0;
    case "ended":
      terminal.complain(`${id} was not acknowledged: it is ${ending.state}.`);
      return 1;
    case "waiting": {
      const account = await client.call(ControlService.method.getAccount, {});
      terminal.complain(
        `Still waiting after ${waitMs / 1000} s; nothing is lost. ${whyWaiting(id, lane, account)}`,
      );
      return 2;
    }
    default:
      return ending satisfies never;
  }
}

/** In lines, as `--help` has it: an error's own line can't hold the list. */
function withoutScheme(name: string): string {
  const what = name === "" ? "no scheme was named" : `there is no sample of "${label(name)}"`;
  return `signalbox trigger: ${what}.\nUsage: signalbox trigger ${SYNOPSIS}\n\n${knownTypes()}`;
}

function wantedType({ positionals }: Call, scheme: SchemeName): string {
  const [, type = "", tooMany] = positionals;
  if (tooMany !== undefined) {
    throw new SignalboxError(
      "invalid",
      "bad_option",
      `"${tooMany}" is one word too many`,
      "With npm, options come after `--`: npm run trigger -- <scheme> <type> --wait 5",
    );
  }
  if (!sampleTypes(scheme).includes(type)) throw unknownType(scheme, type);
  return type;
}

function unknownType(scheme: SchemeName, type: string): SignalboxError {
  return new SignalboxError(
    "invalid",
    "unknown_type",
    type === "" ? `no type of ${scheme} was named` : `there is no sample of ${scheme} "${type}"`,
    `Known: ${sampleTypes(scheme).join(", ")}`,
  );
}

function knownTypes(): string {
  return SCHEMES.map((scheme) => `  ${scheme.padEnd(10)} ${sampleTypes(scheme).join(", ")}`).join("\n");
}

function waitSeconds(call: Call): number {
  const text = textOf(call, "wait") ?? String(WAIT_SECONDS);
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new SignalboxError(
    "invalid",
    "bad_option",
    `--wait "${text}" is not a number of seconds`,
    "Give a whole number",
  );
}
