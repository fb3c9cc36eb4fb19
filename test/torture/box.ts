/** The tortured box: the server, the wires around it, its lanes with their sources, and what is known of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { ControlClient } from "../../src/cli/control-client.ts";
import { freePort, ServerProcess } from "../world/server-process.ts";
import { Wires } from "../world/wires.ts";
import { type Workplace, workplace } from "../world/workplace.ts";
import { plantCron } from "./cron.ts";
import type { Order, Strike } from "./fail-points.ts";
import { LANES, laneName, type TorturedLane } from "./lanes.ts";
import { Progress } from "./progress.ts";
import type { Side } from "./schedule.ts";
import type { TorturedSource } from "./senders.ts";
import { TorturedTokens } from "./tokens.ts";

const ENTRY = "test/torture/server.ts";

/** Real spans, made short: what goes back shall go back before the run is over. */
const SPANS = {
  SIGNALBOX_GRACE_SECONDS: "2",
  SIGNALBOX_SURFACE_SECONDS: "5",
  SIGNALBOX_TAKE_SECONDS: "10",
  SIGNALBOX_REMIND_SECONDS: "4",
  SIGNALBOX_TIMEOUT_SECONDS: "12",
  // Of Clawback's plugin, which tells nothing while its session works: one that died and came back has its event until then.
  SIGNALBOX_BLIND_TIMEOUT_SECONDS: "12",
  SIGNALBOX_MAX_ATTEMPTS: "1000",
};

export class TorturedBox {
  readonly server: ServerProcess;
  readonly wires: Record<Side, Wires>;
  readonly places: ReadonlyMap<TorturedLane, Workplace>;
  readonly sources: readonly TorturedSource[];
  readonly tokens: TorturedTokens;
  readonly #kept: { clawbackToken: string };
  /** Everything that this run leaves on disk. */
  readonly folder: string;

  private constructor(
    parts: Pick<TorturedBox, "server" | "wires" | "places" | "sources" | "folder" | "tokens">,
    kept: { clawbackToken: string },
  ) {
    this.tokens = parts.tokens;
    this.#kept = kept;
    this.server = parts.server;
    this.wires = parts.wires;
    this.places = parts.places;
    this.sources = parts.sources;
    this.folder = parts.folder;
  }

  static async open(): Promise<TorturedBox> {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-torture-"));
    const places = new Map(LANES.map((lane) => [lane, workplace(folder)]));
    const dataDir = join(folder, "data");
    const [httpPort, grpcPort] = [await freePort(), await freePort()];
    const wires = { plugins: await Wires.to(grpcPort), senders: await Wires.to(httpPort) };
    const server = new ServerProcess({
      dataDir,
      httpPort,
      grpcPort,
      entry: ENTRY,
      env: { ...SPANS, SIGNALBOX_PUBLIC_URL: `http://127.0.0.1:${wires.senders.port}` },
    });
    await server.start();
    const control = await server.control();
    const sources = await makeSources(control);
    const tokens = new TorturedTokens();
    const remote = `http://127.0.0.1:${wires.plugins.port}`;
    const keep = (connectionToken: string) => {
      for (const place of places.values()) place.configure({ remote, connectionToken });
    };
    await tokens.make(control, { label: "torture", tags: [], keep });
    const kept = { clawbackToken: "" };
    const keeps = (secret: string) => void Object.assign(kept, { clawbackToken: secret });
    await tokens.make(control, { label: "clawback", tags: tagsOfClawback(), keep: keeps });
    control.close();
    await server.stop();
    await plantCron(join(dataDir, "signalbox.db"));
    await server.start();
    return new TorturedBox({ server, wires, places, sources, folder, tokens }, kept);
  }

  /** As the configuration of Clawback's plugin has it. */
  get clawbackToken(): string {
    return this.#kept.clawbackToken;
  }

  async revokeToken(holder: number): Promise<void> {
    const control = await this.server.control();
    await this.tokens.revoke(holder, control).finally(() => control.close());
  }

  say(order: Order): void {
    this.server.say(order);
  }

  /** What the server tells of itself; null: it is down, or does not answer. */
  async ask<T>(what: (control: ControlClient) => Promise<T>): Promise<T | null> {
    let control: ControlClient | undefined;
    try {
      control = await this.server.control();
      return await what(control);
    } catch {
      return null;
    } finally {
      control?.close();
    }
  }

  /** What the server has told last of how far it is; null: nothing since its start. */
  get progress(): Progress | null {
    return this.server.heard === undefined ? null : Progress.parse(this.server.heard);
  }

  /** Asks for all that is dead to be handled again; what nobody hears of is asked for once more by and by. */
  async replayDead(): Promise<void> {
    await this.ask(async (control) => {
      for (const { slug } of this.sources)
        await control.call(ControlService.method.replayEvents, { from: slug });
    });
  }

  /** How many sessions of the lane are there to be given something; null: it does not say. */
  online(name: string): Promise<number | null> {
    return this.ask(async (control) => {
      const { sessions } = await control.call(ControlService.method.getAccount, {});
      return sessions.filter(({ lane, state }) => lane === name && state === "online").length;
    });
  }

  /** Nothing hurts any more. */
  heal(): void {
    for (const wire of Object.values(this.wires)) {
      wire.thaw();
      wire.slow(0);
    }
    this.say({ order: "disk", pages: null });
  }

  closeWires(): void {
    for (const wire of Object.values(this.wires)) wire.close();
  }

  get storePath(): string {
    return join(this.folder, "data/signalbox.db");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const tagsOfClawback = (): string[] =>
  LANES.flatMap(({ clawback, tag }) => (clawback === true && tag !== null ? [tag] : []));

/** In the environment of a server that is to be struck while it starts. */
export const atStart = (strike: Omit<Strike, "order">): Record<string, string> => ({
  TORTURE_STRIKE: JSON.stringify({ order: "strike", ...strike }),
});

async function makeSources(control: ControlClient): Promise<TorturedSource[]> {
  const made: TorturedSource[] = [];
  for (const lane of LANES) {
    if (lane.policy !== undefined)
      await control.call(ControlService.method.updateLane, { lane: laneName(lane), policy: lane.policy });
    for (const { slug, scheme, priority, coalesces, fansOut } of lane.sources) {
      const { source, secret } = await control.call(ControlService.method.createSource, {
        slug,
        scheme,
        ...(lane.tag === null ? {} : { tag: lane.tag }),
        ...(priority === undefined ? {} : { priority }),
        ...(coalesces === undefined ? {} : { coalesce: { key: coalesces } }),
        ...(fansOut === true ? { fanout: "all" } : {}),
      });
      made.push({ slug, scheme, lane: laneName(lane), secret, url: source?.url ?? "" });
    }
  }
  return made;
}
