/**
 * A stand-in as a process of its own, so that it has a process id of its own and can be killed. Started by
 * `StandInProcess`, led over IPC; leaves when the test does.
 */
import { ApiFailure, type ClaudeScript, type ClaudeTurn } from "./claude-script.ts";
import { StandInClient } from "./client.ts";
import { JsonRpcPeer } from "./json-rpc.ts";
import { optionsSchema } from "./options.ts";
import { type Command, commandSchema, spokenSchema, workedSchema } from "./remote.ts";

const turns = new Map<number, ClaudeTurn>();
let starting: Promise<StandInClient> | undefined;

const peer = new JsonRpcPeer({
  send: (message) => process.send?.(message, undefined, undefined, () => {}),
  answer: (method, params) => obey(commandSchema.parse({ ...params, method })),
  note: () => {},
});
process.on("message", (message) => peer.receive(message));
process.on("disconnect", async () => {
  peer.close("the test is gone");
  await (await starting)?.close();
  process.exit();
});

/** Claude's part is played by the test. */
const claude: ClaudeScript = async (turn) => {
  turns.set(turn.number, turn);
  const { number, request, signal } = turn;
  const spoken = spokenSchema.parse(await peer.request("claude", { turn: number, request }, signal));
  if ("apiFailure" in spoken) throw new ApiFailure(spoken.apiFailure);
  return spoken.message;
};

async function obey(command: Command): Promise<unknown> {
  if (command.method === "start") {
    starting = StandInClient.start(optionsSchema.parse(command.options), claude, (entry) =>
      peer.notify("entry", { entry }),
    );
    await starting;
    return {};
  }
  const client = await starting;
  if (!client) throw new Error(`${command.method} before start`);
  switch (command.method) {
    case "prompt":
      return client.prompt(command.text);
    case "answerDialog":
      return client.answerDialog(command.behavior);
    case "pressEsc":
    case "clear":
    case "compact":
    case "exit":
    case "close":
      return client[command.method]();
    case "callTool":
      return turnOf(command).callTool(command.tool, command.input);
    case "searchTools":
      return turnOf(command).searchTools(...command.tools);
    case "useTool": {
      const { tool, input, work } = command;
      return turnOf(command).useTool(tool, input, typeof work === "number" ? work : workOfTheTest(work.id));
    }
    default:
      return command satisfies never;
  }
}

function turnOf({ turn }: { turn: number }): ClaudeTurn {
  const found = turns.get(turn);
  if (!found) throw new Error(`there is no turn ${turn}`);
  return found;
}

function workOfTheTest(id: number): (signal: AbortSignal) => Promise<string> {
  return async (signal) => workedSchema.parse(await peer.request("work", { id }, signal)).text;
}
