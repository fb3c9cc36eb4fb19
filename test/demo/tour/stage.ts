/**
 * Where the scenes of the tour are played: one server and the sessions that a scene opens, each a process of its own, with the
 * committed plugin and a stand-in for Claude Code. What a scene shows is printed as it is seen; what it can't see ends the tour.
 */
import {
  ControlService,
  type EventInfo,
  type SessionInfo,
} from "../../../proto/gen/signalbox/v1/control_pb.ts";
import type { ControlClient } from "../../../src/cli/control-client.ts";
import { EVENT_STATES } from "../../../src/domain/event.ts";
import type { EventPlan, PlanFor } from "../../standin/acking-claude.ts";
import type { StandInOptions } from "../../standin/options.ts";
import type { SeenEvent } from "../../standin/seen-event.ts";
import { StandInProcess } from "../../standin/standin-process.ts";
import { type ProviderSource, sendUntilAccepted } from "../../world/provider.ts";
import { freePort, ServerProcess } from "../../world/server-process.ts";
import { until } from "../../world/until.ts";
import { PLUGIN_DIR, type Workplace, workplace } from "../../world/workplace.ts";
import { guidedClaude } from "./guided-claude.ts";

/** Minutes in earnest; a tour must not wait for them. */
const SPANS = {
  SIGNALBOX_GRACE_SECONDS: "2",
  SIGNALBOX_TAKE_SECONDS: "3",
  SIGNALBOX_REMIND_SECONDS: "1",
  SIGNALBOX_TIMEOUT_SECONDS: "1",
  SIGNALBOX_MAX_ATTEMPTS: "2",
};

/** A busy machine may take long to start a plugin; a client that gave it up would have none of its tools. */
const CONNECT_MS = 60_000;

const WEBHOOK = "deploy.finished";

export class Stage {
  readonly #print: (line: string) => void;
  readonly #place: Workplace;
  readonly server: ServerProcess;
  readonly #sessions: StandInProcess[] = [];
  readonly #plans = new Map<string, PlanFor>();
  control: ControlClient;
  #sent = 0;

  /** `entry`: another program than the command, which serves as it does. */
  static async open(
    print: (line: string) => void,
    { entry, env = {} }: { entry?: string; env?: Record<string, string> } = {},
  ): Promise<Stage> {
    const place = workplace();
    const ports = { httpPort: await freePort(), grpcPort: await freePort() };
    const how = { dataDir: place.dataDir, ...ports, env: { ...SPANS, ...env } };
    const server = new ServerProcess(entry === undefined ? how : { ...how, entry });
    await server.start();
    const control = await server.control();
    const { token } = await control.call(ControlService.method.createToken, { label: "tour" });
    place.configure({ remote: server.grpcUrl, connectionToken: token });
    return new Stage(print, place, server, control);
  }

  private constructor(
    print: (line: string) => void,
    place: Workplace,
    server: ServerProcess,
    control: ControlClient,
  ) {
    this.#print = print;
    this.#place = place;
    this.server = server;
    this.control = control;
  }

  /** What is about to be shown. */
  scene(title: string): void {
    this.#print(`\n${title}`);
  }

  /** What was seen. */
  says(line: string): void {
    this.#print(`   ${line}`);
  }

  /** `claude`, with this tag, as soon as it is online. */
  async session(tag: string, options: Partial<StandInOptions> = {}): Promise<StandInProcess> {
    const client = await StandInProcess.start(
      {
        load: { pluginDir: PLUGIN_DIR },
        configDir: this.#place.claudeDir,
        cwd: this.#place.projectDir,
        channel: false,
        // Its user has allowed the tools that the plugin does not allow by itself.
        permissionMode: "bypassPermissions",
        timings: { connectMs: CONNECT_MS },
        env: { SIGNALBOX_SESSION: tag },
        ...options,
      },
      guidedClaude((event) => this.#planOf(tag, event)),
    );
    this.#sessions.push(client);
    return client;
  }

  /** What Claude does with events in sessions of this tag, from now on. */
  plan(tag: string, plan: PlanFor): void {
    this.#plans.set(tag, plan);
  }

  #planOf(tag: string, event: SeenEvent): EventPlan {
    const plan = this.#plans.get(tag) ?? {};
    return typeof plan === "function" ? plan(event) : plan;
  }

  async source(slug: string, settings: { tag?: string; priority?: string } = {}): Promise<ProviderSource> {
    const asked = { slug, scheme: "generic", ...settings };
    const { source, secret } = await this.control.call(ControlService.method.createSource, asked);
    return { scheme: "generic", url: source?.url ?? "", secret };
  }

  /** A signed webhook, accepted; the event's id. */
  async webhook(source: ProviderSource): Promise<string> {
    this.#sent += 1;
    const { id } = await sendUntilAccepted(source, { type: WEBHOOK, seed: `tour ${this.#sent}` });
    return id;
  }

  async event(id: string): Promise<EventInfo> {
    const { events } = await this.control.call(ControlService.method.listEvents, {
      states: [...EVENT_STATES],
      limit: 500,
    });
    const event = events.find((info) => info.id === id);
    if (event === undefined) throw new Error(`the server does not list ${id}`);
    return event;
  }

  /** How many events have been acked. */
  async acked(): Promise<number> {
    const { counts } = await this.control.call(ControlService.method.listEvents, { limit: 1 });
    return counts.acked ?? 0;
  }

  /** The event, once it is in one of these states. */
  async until(id: string, ...states: string[]): Promise<EventInfo> {
    return until(
      async () => {
        const event = await this.event(id);
        return states.includes(event.state) && event;
      },
      `${id} to be ${states.join(" or ")}`,
    );
  }

  async sessions(): Promise<SessionInfo[]> {
    return (await this.control.call(ControlService.method.getAccount, {})).sessions;
  }

  /** Online, idle, and waiting for an event. */
  async untilWaiting(lane: string, count = 1): Promise<void> {
    const waits = ({ state, waiter, lane: served }: SessionInfo) =>
      state === "online" && waiter && served === lane;
    await until(async () => (await this.sessions()).filter(waits).length >= count, `a session of ${lane}`);
  }

  /** Kills or stops the server and starts it again; `meanwhile`: while it is down. */
  async restart(how: "kill9" | "stop", meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    this.control.close();
    await this.server[how]();
    await meanwhile();
    await this.server.start();
    this.control = await this.server.control();
  }

  async closeSessions(): Promise<void> {
    await Promise.all(this.#sessions.splice(0).map((client) => client.close()));
  }

  async close(): Promise<void> {
    await this.closeSessions();
    this.control.close();
    await this.server.stop();
    this.#place.remove();
  }
}
