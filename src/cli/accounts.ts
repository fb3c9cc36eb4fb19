/** `signalbox accounts`: lists the accounts of the server of the data folder, and shuts somebody out. */
import { type AccountInfo, ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Command } from "./command.ts";
import type { ControlClient } from "./control-client.ts";
import { withServer } from "./local-server.ts";
import { minuteOf } from "./minute.ts";
import { oneLine } from "./one-line.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";
import { tableOf } from "./table.ts";

export const accounts: Command = {
  synopsis: "[list | sign-out <id>] [--data-dir FOLDER]",
  help: [
    "list      the server's accounts: its own, and those of people who have signed in",
    "sign-out  revokes all tokens of an account, and cuts off what they have let in; its sources and events stay.",
    "          Who is still on a list of SIGNALBOX_GITHUB_USERS or of SIGNALBOX_GITHUB_ORGS can sign in again",
    "",
    "Options:",
    dataDirHelp,
  ].join("\n"),
  options: dataDirOption,
  allowPositionals: true,

  async run(call) {
    const [name = "list", id, ...more] = call.positionals;
    const act =
      name === "list" && id === undefined
        ? list
        : name === "sign-out" && id !== undefined && more.length === 0
          ? (client: ControlClient) => signOut(client, id)
          : null;
    if (act === null) {
      throw new SignalboxError(
        "invalid",
        "bad_option",
        "accounts takes `list`, or `sign-out` with one id",
        "See npm run accounts -- --help",
      );
    }
    return withServer(dataDirOf(call), async (client) => {
      for (const line of await act(client)) call.terminal.print(line);
      return 0;
    });
  },
};

async function list(client: ControlClient): Promise<string[]> {
  const { accounts: all } = await client.call(ControlService.method.listAccounts, {});
  return tableOf(["id", "name", "whose", "created", "tokens", "last seen", "links"], all.map(rowOf));
}

function rowOf({ id, label, identity, createdAtMs, tokens, lastSeenAtMs, links }: AccountInfo): string[] {
  return [
    id,
    oneLine(label),
    identity === "" ? "the server's own" : oneLine(identity),
    minuteOf(createdAtMs),
    String(tokens),
    lastSeenAtMs === 0n ? "never" : minuteOf(lastSeenAtMs),
    links === 0 ? "" : String(links),
  ];
}

async function signOut(client: ControlClient, id: string): Promise<string[]> {
  const { label, tokens, links } = await client.call(ControlService.method.signOutAccount, { id });
  const revoked = `${tokens} ${tokens === 1 ? "token was" : "tokens were"} revoked`;
  const cut = `${links} ${links === 1 ? "link was" : "links were"} cut off`;
  return [`${oneLine(label)} (${id}) is signed out: ${revoked}, ${cut}.`];
}
