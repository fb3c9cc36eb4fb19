/** `signalbox events`: what is waiting, in hand, dropped, dead. */
import { toJson } from "@bufbuild/protobuf";
import {
  ControlService,
  type EventInfo,
  ListEventsResponseSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { EVENT_STATES } from "../domain/event.ts";
import { type Lane, laneName, laneOfTag } from "../domain/lane.ts";
import { pausedWords } from "./checks/lanes.ts";
import { type Call, type Command, isGiven } from "./command.ts";
import { withServer } from "./local-server.ts";
import { oneLine } from "./one-line.ts";
import { reasonWords } from "./reason-words.ts";
import { dataDirHelp, dataDirOf, dataDirOption } from "./setting-options.ts";
import { tableOf } from "./table.ts";
import { tagOf } from "./tag-option.ts";

const LIMIT = 500;

export const events: Command = {
  synopsis: "[--all] [--lane TAG] [--json] [--data-dir FOLDER]",
  help: [
    "Lists the events that are not done: waiting, in hand, dropped, dead; newest first, and how many there are of each.",
    "",
    "Options:",
    "  --all              also those that are done",
    '  --lane TAG         of this lane alone; "" is the untagged lane',
    "  --json             for programs; with `npm run -s`, or npm's own lines stand before it",
    dataDirHelp,
  ].join("\n"),
  options: {
    ...dataDirOption,
    all: { type: "boolean" },
    lane: { type: "string" },
    json: { type: "boolean" },
  },

  async run(call) {
    const lane = laneOf(call);
    const [answer, { lanes }] = await withServer(dataDirOf(call), (client) =>
      Promise.all([
        client.call(ControlService.method.listEvents, {
          states: isGiven(call, "all") ? [...EVENT_STATES] : [],
          limit: LIMIT,
          ...(lane === undefined ? {} : { lane }),
        }),
        client.call(ControlService.method.listLanes, {}),
      ]),
    );
    if (isGiven(call, "json")) {
      call.terminal.print(JSON.stringify(toJson(ListEventsResponseSchema, answer), null, 2));
      return 0;
    }
    for (const line of tableOf(HEADS, answer.events.map(row))) call.terminal.print(line);
    if (answer.events.length > 0) call.terminal.print("");
    if (answer.events.length === LIMIT) call.terminal.print(`The newest ${LIMIT} are shown.`);
    call.terminal.print(`${lane === undefined ? "" : "In all lanes: "}${countLine(answer.counts)}`);
    for (const one of lanes.filter(({ paused }) => paused)) call.terminal.print(`Note: ${pausedWords(one)}.`);
    return 0;
  },
};

/** Undefined: all of them. */
function laneOf(call: Call): Lane | undefined {
  const tag = tagOf(call, "lane");
  return tag === undefined ? undefined : laneOfTag(tag);
}

const HEADS = ["event", "state", "lane", "from", "type", "delivery", "received (UTC)", "note"];

function row(event: EventInfo): string[] {
  return [
    event.id,
    event.state,
    laneName(event.lane),
    event.from,
    event.type,
    event.delivery === 0 ? "" : String(event.delivery),
    new Date(Number(event.receivedAtMs)).toISOString().slice(0, 19).replace("T", " "),
    noteOf(event),
  ];
}

/** Who has it; what was done; or why it is where it is; and what led to it. */
function noteOf({ session, summary, reason, cause }: EventInfo): string {
  const said = session === "" ? [reasonWords(reason), oneLine(summary)] : [`with ${session}`];
  const note = said.filter((part) => part !== "").join(": ");
  return [note, cause === "" ? "" : `because of ${cause}`].filter((part) => part !== "").join(", ");
}

function countLine(counts: { readonly [state: string]: number }): string {
  const known = EVENT_STATES.filter((state) => (counts[state] ?? 0) > 0);
  if (known.length === 0)
    return "There are no events yet. Try: npm run trigger -- github pull_request.opened";
  return known.map((state) => `${counts[state]} ${state}`).join(", ");
}
