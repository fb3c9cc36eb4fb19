/**
 * One session with the real plugin: a server, the committed bundle, and the stand-in for Claude Code. By the channel the
 * stand-in lives in the measuring process, whose clock so sees the webhook leave and the event come in; by the waiter it has
 * a process of its own, as waiters find their session by that process.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { ackingClaude } from "../../test/standin/acking-claude.ts";
import { StandInClient } from "../../test/standin/client.ts";
import type { StandIn } from "../../test/standin/stand-in.ts";
import { StandInProcess } from "../../test/standin/standin-process.ts";
import { until } from "../../test/world/until.ts";
import { PLUGIN_DIR, type Workplace, workplace } from "../../test/world/workplace.ts";
import { SignedRequest } from "../load/request.ts";
import { posted } from "./posted.ts";
import { type BenchServer, type BenchSource, makeSource, startServer } from "./server.ts";
import { warmUp } from "./warm-up.ts";

/** After a turn: the plugin has told that the session is idle, and the waiter that a hook started hangs on its socket. */
const REST_MS = 150;

const BODY_BYTES = 2_048;

/** The stand-in loses channel events that come sooner after its start, as the client does. */
const EARLY_MS = 1_100;

export class StandInSession {
  readonly #server: BenchServer;
  readonly #source: BenchSource;
  readonly #client: StandIn;
  readonly #place: Workplace;

  static async open(folder: string, way: "channel" | "wake", quick = false): Promise<StandInSession> {
    const server = await startServer(folder);
    const source = await makeSource(server, "latency");
    if (!quick) await warmUp(server, source);
    // Outside of this repository: a plugin takes no configuration out of the project that it is started in.
    const place = workplace();
    place.configure({ remote: server.grpcUrl, connectionToken: server.token, delivery: way });
    const { claudeDir: configDir, projectDir: cwd } = place;
    const options = { load: { pluginDir: PLUGIN_DIR }, configDir, cwd, channel: way === "channel" };
    const StandInOf = way === "channel" ? StandInClient : StandInProcess;
    const client = await StandInOf.start(options, ackingClaude());
    const session = new StandInSession(server, source, client, place);
    await session.#untilReady();
    return session;
  }

  private constructor(server: BenchServer, source: BenchSource, client: StandIn, place: Workplace) {
    this.#server = server;
    this.#source = source;
    this.#client = client;
    this.#place = place;
  }

  /** From the first byte of a webhook until the idle session runs its prompt hooks for what came of it. */
  async arrivalMs(): Promise<number> {
    const { url, secret } = this.#source;
    const webhook = new SignedRequest(new URL(url), secret, BODY_BYTES, randomUUID()).next();
    const arrived = this.#nextArrival();
    const postedAt = await posted(this.#source, webhook);
    const ms = (await arrived) - postedAt;
    await this.#client.untilIdle();
    await wait(REST_MS);
    return ms;
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#server.stop();
    this.#place.remove();
  }

  /**
   * When the stand-in has something new to run its prompt hooks for: an idle one does so at once. It looks at the clock before
   * that, as starting a process for a hook holds the stand-in up, and so the clock of whoever only waits.
   */
  async #nextArrival(): Promise<number> {
    const { transcript } = this.#client;
    const before = transcript.of("arrival").length;
    return transcript.until(() => transcript.of("arrival").length > before && performance.now());
  }

  async #untilReady(): Promise<void> {
    await until(async () => {
      const { sessions } = await this.#server.control.call(ControlService.method.getAccount, {});
      return sessions.some(({ state, waiter }) => state === "online" && waiter);
    }, "the session to be online");
    await wait(EARLY_MS);
  }
}
