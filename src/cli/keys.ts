/** `signalbox keys rotate`: another key for the webhook secrets of the server of the data folder, while it runs. */
import { ControlService, type RotateKeysResponse } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import type { Command } from "./command.ts";
import { withServer } from "./local-server.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";

export const keys: Command = {
  synopsis: "rotate [--data-dir FOLDER]",
  help: [
    "Makes a new key, seals the webhook secrets of all sources with it while the server runs, and removes from keys.json",
    "the keys that nothing was sealed with. Where SIGNALBOX_KEY has the keys, no new one is made: its first seals.",
    "",
    "Options:",
    dataDirHelp,
  ].join("\n"),
  options: dataDirOption,
  allowPositionals: true,

  async run(call) {
    if (call.positionals.length !== 1 || call.positionals[0] !== "rotate") {
      throw new SignalboxError("invalid", "bad_option", "keys takes `rotate`", "See npm run keys -- --help");
    }
    return withServer(dataDirOf(call), async (client) => {
      let resealed = 0;
      for (let key = ""; ; ) {
        const answer = await client.call(ControlService.method.rotateKeys, { key });
        resealed += answer.resealed;
        key = answer.key;
        if (answer.remaining > 0) continue;
        for (const line of linesOf(answer, resealed)) call.terminal.print(line);
        return 0;
      }
    });
  },
};

function linesOf({ key, given, unreadable, removed, idle }: RotateKeysResponse, resealed: number): string[] {
  const sources = (count: number) => `${count} ${count === 1 ? "source" : "sources"}`;
  return [
    `Key ${key}${given ? ", the first of SIGNALBOX_KEY," : ""} seals now; the secrets of ${sources(resealed)} were sealed anew.`,
    ...(unreadable === 0
      ? []
      : [
          `Secrets of ${sources(unreadable)} can't be opened and stay as they are; npm run doctor names them.`,
        ]),
    ...(removed.length === 0 ? [] : [`Removed from keys.json: ${removed.join(", ")}.`]),
    ...(idle.length === 0
      ? []
      : [`Nothing is sealed with ${idle.join(", ")} any more: take it from SIGNALBOX_KEY.`]),
    "A backup of the database from before needs the keys.json (or SIGNALBOX_KEY) of before.",
  ];
}
