/** `signalbox tokens`: lists, makes and revokes connection tokens of the server of the data folder. */
import { ControlService, type TokenInfo } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import { type Call, type Command, textOf } from "./command.ts";
import type { ControlClient } from "./control-client.ts";
import { withServer } from "./local-server.ts";
import { minuteOf } from "./minute.ts";
import { oneLine } from "./one-line.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";
import { tableOf } from "./table.ts";

export const tokens: Command = {
  synopsis: "list | create <label> [--session TAG] | revoke <id> [--data-dir FOLDER]",
  help: [
    "list     the account's tokens: never the tokens themselves",
    "create   makes one and shows it, this once",
    "revoke   it lets nobody in any more, and what it has let in is cut off",
    "",
    "Options:",
    "  --session TAG      the new token serves sessions of this tag alone",
    dataDirHelp,
  ].join("\n"),
  options: { ...dataDirOption, session: { type: "string" } },
  allowPositionals: true,

  async run(call) {
    const act = actOf(call);
    return withServer(dataDirOf(call), async (client) => {
      for (const line of await act(client)) call.terminal.print(line);
      return 0;
    });
  },
};

function actOf(call: Call): (client: ControlClient) => Promise<string[]> {
  const [name = "list", word, ...more] = call.positionals;
  const session = textOf(call, "session");
  if (more.length === 0 && name === "list" && word === undefined && session === undefined) return list;
  if (more.length === 0 && name === "create" && word !== undefined) {
    return (client) => create(client, word, session);
  }
  if (more.length === 0 && name === "revoke" && word !== undefined && session === undefined) {
    return (client) => revoke(client, word);
  }
  throw new SignalboxError(
    "invalid",
    "bad_option",
    "tokens takes `list`, `create` with one label, or `revoke` with one id",
    "See npm run tokens -- --help",
  );
}

async function list(client: ControlClient): Promise<string[]> {
  const answer = await client.call(ControlService.method.listTokens, {});
  return tableOf(["id", "label", "lanes", "created", "last seen", "links"], answer.tokens.map(rowOf));
}

function rowOf({ id, label, role, tags, createdAtMs, lastSeenAtMs, links, replaces }: TokenInfo): string[] {
  const lanes = tags.length === 0 ? "all" : tags.join(" ");
  return [
    id,
    oneLine(label),
    role === "admin" ? "all (local commands)" : lanes,
    minuteOf(createdAtMs),
    lastSeenAtMs === 0n
      ? replaces === ""
        ? "never"
        : `never (is to replace ${replaces})`
      : minuteOf(lastSeenAtMs),
    links === 0 ? "" : String(links),
  ];
}

async function create(client: ControlClient, label: string, session: string | undefined): Promise<string[]> {
  const tags = session === undefined ? [] : [session];
  const { id, token } = await client.call(ControlService.method.createToken, { label, tags });
  return [`${id}, shown only now:`, token];
}

async function revoke(client: ControlClient, id: string): Promise<string[]> {
  const { label, links } = await client.call(ControlService.method.revokeToken, { id });
  const cut = links === 0 ? "" : ` ${links} ${links === 1 ? "link was" : "links were"} cut off.`;
  return [`${id} (${oneLine(label)}) is revoked.${cut}`];
}
