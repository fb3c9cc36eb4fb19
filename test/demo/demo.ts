/** What happens in the demo, in its order. */
import { setTimeout as pause } from "node:timers/promises";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { ackingClaude } from "../standin/acking-claude.ts";
import { StandInProcess } from "../standin/standin-process.ts";
import { outcomeLine } from "../world/outcome.ts";
import { freePort, ServerProcess } from "../world/server-process.ts";
import { until } from "../world/until.ts";
import { PLUGIN_DIR, type Workplace, workplace } from "../world/workplace.ts";
import { Ledger } from "./ledger.ts";
import { Sender } from "./sender.ts";
import { Timeline } from "./timeline.ts";
import { isClean, verdictOf } from "./verdict.ts";

export const EVENTS = 20;

/** Between two webhooks, and for Claude's work on each: real seconds, made short. */
const SEND_EVERY_MS = 250;
const WORK_MS = 120;

/** After so many accepted events, this is killed with -9. */
const KILLS: { readonly [accepted: number]: "server" | "client" } = {
  5: "server",
  10: "client",
  15: "server",
};

const LONGEST_MS = 60_000;

export class Demo {
  readonly #print: (line: string) => void;
  readonly #place: Workplace = workplace();
  #server: ServerProcess | null = null;
  #client: StandInProcess | null = null;
  #ledger: Ledger | null = null;
  readonly #clients: StandInProcess[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** True: nothing lost, nothing doubled, nothing out of order. */
  async run(): Promise<boolean> {
    this.#print(
      "Signalbox demo: server, plugin and a stand-in for Claude Code, 20 signed webhooks, three kill -9.\n",
    );
    const server = await this.#startServer();
    const sources = await this.#makeSources(server);
    this.#client = await this.#startClient();
    const timeline = new Timeline(EVENTS, this.#print);
    const ledger = new Ledger(timeline, () => server.control());
    this.#ledger = ledger;
    const sender = new Sender(sources);
    for (let number = 1; number <= EVENTS; number++) {
      const accepted = await sender.send(number);
      ledger.accepted(accepted);
      const kill = KILLS[number];
      if (kill !== undefined) await this.#kill(kill, server, ledger, timeline);
      await pause(SEND_EVERY_MS);
    }
    await until(() => ledger.acked === EVENTS, "the last event to be acked", LONGEST_MS);
    await ledger.stop();
    timeline.flush();
    const reads = this.#clients.map((client) => client.transcript.entries);
    const verdict = verdictOf(ledger.accounts(), reads);
    this.#print(`\n${outcomeLine(verdict)}`);
    return isClean(verdict);
  }

  async close(): Promise<void> {
    await this.#ledger?.stop();
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#server?.stop();
    this.#place.remove();
  }

  async #startServer(): Promise<ServerProcess> {
    const [httpPort, grpcPort] = [await freePort(), await freePort()];
    const env = { SIGNALBOX_GRACE_SECONDS: "2" };
    const server = new ServerProcess({ dataDir: this.#place.dataDir, httpPort, grpcPort, env });
    this.#server = server;
    await server.start();
    return server;
  }

  async #makeSources(server: ServerProcess) {
    const control = await server.control();
    const make = async (scheme: "github" | "stripe" | "generic") => {
      const asked = scheme === "stripe" ? { secret: "whsec_demo" } : {};
      const made = await control.call(ControlService.method.createSource, { slug: scheme, scheme, ...asked });
      return { scheme, url: made.source?.url ?? "", secret: asked.secret ?? made.secret };
    };
    const sources = [await make("github"), await make("stripe"), await make("generic")];
    const { token } = await control.call(ControlService.method.createToken, { label: "demo" });
    this.#place.configure({ remote: server.grpcUrl, connectionToken: token });
    control.close();
    return sources;
  }

  async #startClient(resume?: string): Promise<StandInProcess> {
    const { claudeDir, projectDir } = this.#place;
    const client = await StandInProcess.start(
      {
        load: { pluginDir: PLUGIN_DIR },
        configDir: claudeDir,
        cwd: projectDir,
        channel: false,
        // A busy machine may take long to start a plugin; a client that gave it up would have none of its tools.
        timings: { connectMs: LONGEST_MS },
        ...(resume === undefined ? {} : { resume }),
      },
      ackingClaude({ workMs: WORK_MS }),
    );
    this.#clients.push(client);
    return client;
  }

  async #kill(
    what: "server" | "client",
    server: ServerProcess,
    ledger: Ledger,
    timeline: Timeline,
  ): Promise<void> {
    // With an event in Claude's hands it hurts most.
    await until(() => ledger.isInHand(), "an event in hand");
    if (what === "server") {
      await server.kill9();
      timeline.note("the server is killed with -9");
      await server.start();
      timeline.note("the server is up again");
      return;
    }
    const { sessionId, serverPid } = this.#running();
    await this.#running().kill9();
    if (serverPid !== undefined) killIfAlive(serverPid);
    timeline.note("client and plugin are killed with -9");
    this.#client = await this.#startClient(sessionId);
    timeline.note("the client is up again, with the same session id");
  }

  #running(): StandInProcess {
    if (this.#client === null) throw new Error("the client has not been started");
    return this.#client;
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It left with its client.
  }
}
