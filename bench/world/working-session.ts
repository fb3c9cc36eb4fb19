/**
 * One session at work, with the real plugin: its Claude uses one tool after the other, without end, until a hook denies one for
 * an interrupt; then it handles that, is given back what it worked on, and works on. The stand-in for Claude Code lives in the
 * measuring process.
 */
import { randomUUID } from "node:crypto";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { ackingClaude, type EventPlan } from "../../test/standin/acking-claude.ts";
import { StandInClient } from "../../test/standin/client.ts";
import { until } from "../../test/world/until.ts";
import { PLUGIN_DIR, type Workplace, workplace } from "../../test/world/workplace.ts";
import { SignedRequest } from "../load/request.ts";
import { posted } from "./posted.ts";
import { type BenchServer, type BenchSource, makeSource, startServer } from "./server.ts";
import { warmUp } from "./warm-up.ts";

const BODY_BYTES = 2_048;
const STEP_MS = 1;

export class WorkingSession {
  readonly #server: BenchServer;
  readonly #urgent: BenchSource;
  readonly #place: Workplace;
  #client: StandInClient | null = null;
  /** Steps that it was not kept from, since the last that it was. */
  #steps = 0;
  #denied: (at: number) => void = () => {};

  static async open(folder: string, quick = false): Promise<WorkingSession> {
    const server = await startServer(folder);
    const source = await makeSource(server, "work");
    const urgent = await makeSource(server, "urgent", "", "interrupt");
    if (!quick) await warmUp(server, source);
    // Outside of this repository: a plugin takes no configuration out of the project that it is started in.
    const place = workplace();
    place.configure({ remote: server.grpcUrl, connectionToken: server.token, delivery: "channel" });
    const session = new WorkingSession(server, urgent, place);
    await session.#begin(source);
    return session;
  }

  private constructor(server: BenchServer, urgent: BenchSource, place: Workplace) {
    this.#server = server;
    this.#urgent = urgent;
    this.#place = place;
  }

  /** From the first byte of the webhook until a tool call has come back denied. */
  async deniedMs(): Promise<number> {
    await until(() => this.#steps > 3, "the session to be at work");
    const denied = new Promise<number>((resolve) => {
      this.#denied = resolve;
    });
    const postedAt = await posted(this.#urgent, requestTo(this.#urgent));
    return (await denied) - postedAt;
  }

  async close(): Promise<void> {
    await this.#client?.close();
    await this.#server.stop();
    this.#place.remove();
  }

  async #begin(source: BenchSource): Promise<void> {
    const { claudeDir: configDir, projectDir: cwd } = this.#place;
    const options = { load: { pluginDir: PLUGIN_DIR }, configDir, cwd, channel: true };
    this.#client = await StandInClient.start(
      options,
      ackingClaude(({ text }) => this.#plan(text)),
    );
    await until(async () => {
      const { sessions } = await this.#server.control.call(ControlService.method.getAccount, {});
      return sessions.some(({ state, waiter }) => state === "online" && waiter);
    }, "the session to be online");
    await posted(source, requestTo(source));
  }

  #plan(text: string): EventPlan {
    if (/from source urgent/.test(text)) return {};
    return {
      work: async ({ id }, turn) => {
        this.#steps = 0;
        for (;;) {
          const used = await turn.useTool("Bash", { command: `work on ${id}` }, STEP_MS);
          if (used.outcome === "denied") {
            this.#denied(performance.now());
            this.#steps = 0;
            return used;
          }
          this.#steps += 1;
        }
      },
    };
  }
}

const requestTo = ({ url, secret }: BenchSource) =>
  new SignedRequest(new URL(url), secret, BODY_BYTES, randomUUID()).next();
