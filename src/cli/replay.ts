/** `signalbox replay`: has events that have ended handled again: one, or all dead ones of a source, of a day, or of both. */
import { ControlService, type ReplayEventsResponse } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../domain/errors.ts";
import { label } from "../domain/grammar.ts";
import { type Call, type Command, textOf } from "./command.ts";
import { withServer } from "./local-server.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";

export const replay: Command = {
  synopsis: "[--source SLUG] [--day DATE] [--data-dir FOLDER] [event-id]",
  help: [
    "Has an event that has ended handled again, as a new event; or all dead events of a source, of a day, or of both,",
    "oldest first, ten a second. What was replayed before is not replayed again.",
    "",
    "Options:",
    "  --source SLUG      the dead of this source (or cron, by its label; or sender, by its tag)",
    "  --day DATE         the dead that ended on this day (UTC), 2026-01-31",
    dataDirHelp,
  ].join("\n"),
  options: { ...dataDirOption, source: { type: "string" }, day: { type: "string" } },
  allowPositionals: true,

  async run(call) {
    const asked = askedOf(call);
    return withServer(dataDirOf(call), async (client) => {
      const ask = () => client.call(ControlService.method.replayEvents, asked);
      if (asked.eventId !== "") {
        call.terminal.print(oneLineOf(await ask()));
        return 0;
      }
      let replayed = 0;
      // A call takes so many; the server spreads them over time, so the next may follow at once.
      for (;;) {
        const answer = await ask();
        replayed += answer.replays.length;
        if (answer.replays.length > 0 && answer.remaining > 0) continue;
        for (const line of linesOf(answer, replayed)) call.terminal.print(line);
        return 0;
      }
    });
  },
};

function askedOf(call: Call): { eventId: string; from: string; day: string } {
  const [eventId = "", ...more] = call.positionals;
  const [from, day] = [textOf(call, "source") ?? "", textOf(call, "day") ?? ""];
  if (more.length === 0 && (eventId !== "") !== (from !== "" || day !== "")) return { eventId, from, day };
  throw new SignalboxError(
    "invalid",
    "bad_option",
    "what is to be replayed is either one event, by its id, or the dead of a --source, of a --day, or of both",
    `Name one of them${eventId === "" ? "" : ` beside ${label(eventId)}, or that alone`}; see npm run replay -- --help`,
  );
}

function oneLineOf({ replays: [replay] }: ReplayEventsResponse): string {
  if (replay === undefined) return "Nothing was replayed.";
  const { eventId, replayId, known, state } = replay;
  return known
    ? `${eventId} was replayed before, as ${replayId}, which is ${state}.`
    : `${eventId} is replayed as ${replayId}.`;
}

function linesOf({ lost, lastAtMs }: ReplayEventsResponse, replayed: number): string[] {
  const last = new Date(Number(lastAtMs)).toISOString().slice(0, 19).replace("T", " ");
  return [
    replayed === 0
      ? "There are no dead events like that which were not replayed."
      : `${replayed} dead ${replayed === 1 ? "event is" : "events are"} replayed, the last at ${last} (UTC).`,
    ...(lost === 0 ? [] : [`${lost} can't be replayed: their content is not kept any more, or is damaged.`]),
  ];
}
