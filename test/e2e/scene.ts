/**
 * The whole path with its real parts: the server (in this process, or one of its own where it is to be killed), the
 * committed plugin as the client starts it, and a stand-in for Claude Code in a process of its own.
 */
import { ControlService, type EventInfo, type SessionInfo } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { ControlClient } from "../../src/cli/control-client.ts";
import { ackingClaude, type PlanFor } from "../standin/acking-claude.ts";
import type { StandInOptions } from "../standin/options.ts";
import { StandInProcess } from "../standin/standin-process.ts";
import { makeSource, send, type TestSource } from "../world/server.ts";
import { freePort, ServerProcess } from "../world/server-process.ts";
import { until } from "../world/until.ts";
import { Wires } from "../world/wires.ts";
import { PLUGIN_DIR, type Workplace, workplace } from "../world/workplace.ts";

export interface SceneOptions {
  /** Settings of the server. */
  env?: Record<string, string>;
  /** More of the plugin's configuration. */
  config?: Record<string, unknown>;
  /** Between plugins and server there are wires that can be hurt. */
  wired?: boolean;
}

export class Scene {
  readonly server: ServerProcess;
  readonly place: Workplace;
  control: ControlClient;
  readonly source: TestSource;
  readonly wires: Wires | null;
  /** Of the plugin, as it was written first. */
  readonly config: Record<string, unknown>;
  readonly #clients: StandInProcess[] = [];

  private constructor(
    server: ServerProcess,
    place: Workplace,
    control: ControlClient,
    source: TestSource,
    wires: Wires | null,
    config: Record<string, unknown>,
  ) {
    this.config = config;
    this.wires = wires;
    this.server = server;
    this.place = place;
    this.control = control;
    this.source = source;
  }

  static async open({ env = {}, config = {}, wired = false }: SceneOptions = {}): Promise<Scene> {
    const place = workplace();
    const ports = { httpPort: await freePort(), grpcPort: await freePort() };
    const server = new ServerProcess({ dataDir: place.dataDir, ...ports, env });
    await server.start();
    const control = await server.control();
    const { token } = await control.call(ControlService.method.createToken, { label: "e2e" });
    const wires = wired ? await Wires.to(ports.grpcPort) : null;
    const remote = wires === null ? server.grpcUrl : `http://127.0.0.1:${wires.port}`;
    const written = { remote, connectionToken: token, ...config };
    place.configure(written);
    const source = await makeSource({ control }, { slug: "ci" });
    return new Scene(server, place, control, source, wires, written);
  }

  /** `claude`, started in the project's folder. */
  async client(options: Partial<StandInOptions> = {}, plan: PlanFor = {}): Promise<StandInProcess> {
    const client = await StandInProcess.start(
      {
        load: { pluginDir: PLUGIN_DIR },
        configDir: this.place.claudeDir,
        cwd: this.place.projectDir,
        channel: false,
        // A busy machine may take long to start a plugin; a client that gave it up would have none of its tools.
        timings: { connectMs: 60_000 },
        ...options,
      },
      ackingClaude(plan),
    );
    this.#clients.push(client);
    return client;
  }

  /** A source of its own for the lane of this tag. */
  sourceFor(tag: string): Promise<TestSource> {
    return makeSource(this, { slug: `for-${tag}`, tag });
  }

  /** A webhook, accepted; its id. */
  async arrives(source: TestSource = this.source): Promise<string> {
    const { status, body } = await send(source, "generic", "deploy.finished");
    if (status !== 202) throw new Error(`a webhook was answered ${status}: ${JSON.stringify(body)}`);
    return String(body.id);
  }

  async event(id: string): Promise<EventInfo> {
    const states = [
      "scheduled",
      "queued",
      "dispatching",
      "delivered",
      "interrupted",
      "returned",
      "acked",
      "dead",
    ];
    const { events } = await this.control.call(ControlService.method.listEvents, { states, limit: 500 });
    const event = events.find((info) => info.id === id);
    if (event === undefined) throw new Error(`the server does not list ${id}`);
    return event;
  }

  /** The event, once it is in this state. */
  async until(id: string, state: string): Promise<EventInfo> {
    return until(async () => {
      const event = await this.event(id);
      return event.state === state && event;
    }, `${id} to be ${state}`);
  }

  async sessions(): Promise<SessionInfo[]> {
    return (await this.control.call(ControlService.method.getAccount, {})).sessions;
  }

  async untilOnline(count = 1): Promise<void> {
    await until(
      async () => (await this.sessions()).filter(({ state }) => state === "online").length >= count,
      "a session",
    );
  }

  async restartServer(how: "kill9" | "stop"): Promise<void> {
    this.control.close();
    await this.server[how]();
    await this.server.start();
    this.control = await this.server.control();
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    this.wires?.close();
    this.control.close();
    await this.server.stop();
    this.place.remove();
  }
}

/** How often Claude was given the content of this event. */
export function showings(client: StandInProcess, id: string): number {
  return client.transcript.read.filter((text) => text.includes(`Signalbox event ${id} (delivery`)).length;
}
