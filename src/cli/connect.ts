/** `signalbox connect`: a token, the plugin's configuration, the plugin itself. The token is never printed. */
import { hostname } from "node:os";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { AdminFile } from "../config/admin-file.ts";
import { SignalboxError } from "../domain/errors.ts";
import { label } from "../domain/grammar.ts";
import { laneName, laneOfTag } from "../domain/lane.ts";
import { agreed } from "./agreement.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { connectByCode } from "./connect-by-code.ts";
import { type Plan, planFor, type TokenCheck } from "./connection-plan.ts";
import { type ControlClient, controlClient } from "./control-client.ts";
import { withServer } from "./local-server.ts";
import {
  closeToOthers,
  configurationPath,
  type FoundConfiguration,
  isSameServer,
  type PluginConfiguration,
  readConfiguration,
  writeConfiguration,
} from "./plugin-configuration.ts";
import { installPlugin } from "./plugin-installation.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";
import { tagOf } from "./tag-option.ts";

export const connect: Command = {
  synopsis: "[--server URL --code CODE] [--session TAG] [--force] [--data-dir FOLDER]",
  help: [
    "Makes a token at the running server, writes the plugin's configuration, and installs the plugin from this folder.",
    "A configuration that works is kept; one whose token is dead is replaced (the old one stays as .bak).",
    "",
    "Options:",
    "  --server URL       a server on another machine, where you have signed in at URL/auth/cli",
    "  --code CODE        the code that its page shows; it is good once, for five minutes",
    '  --session TAG      sessions serve this lane ("" is the untagged one), unless SIGNALBOX_SESSION says otherwise',
    "  --force            replace a configuration that is not this server's, without asking",
    dataDirHelp,
  ].join("\n"),
  options: {
    ...dataDirOption,
    server: { type: "string" },
    code: { type: "string" },
    session: { type: "string" },
    force: { type: "boolean" },
  },
  outlivesReader: true,

  async run(call) {
    const session = tagOf(call, "session");
    const path = configurationPath(call.env);
    const [server, code] = [textOf(call, "server"), textOf(call, "code")];
    const done =
      server === undefined && code === undefined
        ? await connectHere(call, path, session)
        : await connectByCode(call, { server, code, path, session });
    call.terminal.print(done.line);
    if (await closeToOthers(path)) call.terminal.print("Others could read it; it is yours alone now.");
    const installed = await installPlugin(call.env, call.terminal);
    if (installed === "failed") return 1;
    const first = installed === "by_hand" ? "After that, start" : "Now start";
    const lane = done.session ? ` --session ${done.session}` : "";
    // The command that sends samples asks the server of this machine.
    const then =
      server === undefined ? `; then try: npm run trigger -- github pull_request.opened${lane}` : "";
    call.terminal.print(`${first} plain \`claude\`${then}`);
    return 0;
  },
};

function connectHere(call: Call, path: string, session: string | null | undefined): Promise<Done> {
  return withServer(dataDirOf(call), async (client, admin) => {
    await client.call(ControlService.method.getAccount, {});
    const found = await readConfiguration(path);
    const plan = planFor(found, await checkToken(found, admin));
    return carryOut(await agreed(plan, call, path), { client, admin, path, session });
  });
}

interface Means {
  client: ControlClient;
  admin: AdminFile;
  path: string;
  /** The tag that was asked for; null: none, undefined: whichever the configuration has. */
  session: string | null | undefined;
}

interface Done {
  /** What was done. */
  line: string;
  /** The tag that the configuration names. */
  session: string | undefined;
}

async function carryOut(plan: Exclude<Plan, { kind: "ask" }>, means: Means): Promise<Done> {
  const { client, admin, path, session } = means;
  // As JSON it leaves the field out.
  const chosen = session === undefined ? {} : { session: session ?? undefined };
  if (plan.kind === "keep") {
    const before = plan.configuration.session;
    const way = wayTo(admin);
    const sameWay = isSameWay(plan.configuration, way);
    const sameLane = session === undefined || laneOfTag(session) === laneOfTag(before);
    if (sameWay && sameLane) {
      return { line: `Kept ${path}: it is connected to this server.`, session: before };
    }
    const { ca: _, ...kept } = plan.configuration;
    await writeConfiguration(path, { ...(sameWay ? plan.configuration : { ...kept, ...way }), ...chosen });
    const changes = [
      ...(sameWay ? [] : [`its sessions now connect to ${way.remote}`]),
      ...(sameLane ? [] : [`its sessions now serve lane ${laneName(laneOfTag(session))}`]),
    ];
    const line = `Kept the token of ${path}; ${changes.join(", and ")}.`;
    return { line, session: session === undefined ? before : chosen.session };
  }
  const carriedOver: Partial<PluginConfiguration> = plan.kind === "replace" ? plan.carriedOver : {};
  const { token } = await client.call(ControlService.method.createToken, {
    label: label(`plugin on ${hostname()}`),
  });
  const { ca: _, ...carried } = carriedOver;
  const made = { ...carried, ...wayTo(admin), connectionToken: token, ...chosen };
  await writeConfiguration(path, made);
  const line =
    plan.kind === "replace"
      ? `Replaced ${path}: its token was no longer valid. The old one is beside it as .bak.`
      : `Wrote ${path} with a token of its own, for ${admin.grpcUrl}.`;
  return { line, session: made.session };
}

/** With TLS the plugin trusts the server's own certificate file, whatever name stands in it; a renewed one is read again. */
function wayTo({ grpcUrl, tls }: AdminFile): { remote: string; ca?: string } {
  return tls === undefined ? { remote: grpcUrl } : { remote: grpcUrl, ca: tls.file };
}

/** The owner's own `ca` beside https is his to choose; with plain http it means nothing. */
function isSameWay({ remote, ca }: PluginConfiguration, way: { remote: string; ca?: string }): boolean {
  const scheme = (url: string) => URL.parse(url)?.protocol;
  return scheme(remote) === scheme(way.remote) && (way.ca === undefined || ca !== undefined);
}

async function checkToken(found: FoundConfiguration, admin: AdminFile): Promise<TokenCheck> {
  if (found.kind !== "found" || !isSameServer(found.configuration.remote, admin.grpcUrl)) return "not_ours";
  const { connectionToken: token } = found.configuration;
  const client = controlClient({ url: admin.grpcUrl, token, trusted: admin.tls?.certificate });
  try {
    await client.call(ControlService.method.getAccount, {});
    return "alive";
  } catch (error) {
    if (error instanceof SignalboxError && error.kind === "unauthenticated") return "dead";
    throw error;
  } finally {
    client.close();
  }
}
