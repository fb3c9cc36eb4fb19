/** Follows every accepted event by what the server tells, through the server's deaths, to its end. */
import { setTimeout as pause } from "node:timers/promises";
import { ControlService, type EventInfo } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { ControlClient } from "../../src/cli/control-client.ts";
import type { AcceptedEvent } from "./sender.ts";
import type { Timeline } from "./timeline.ts";

/** How soon a server that is down is asked again. */
const AGAIN_MS = 100;

export interface EventAccount {
  event: AcceptedEvent;
  /** The states that were seen, each with its time, the last one last. */
  states: { state: string; at: number }[];
  last: EventInfo | null;
}

export class Ledger {
  readonly #timeline: Timeline;
  readonly #connect: () => Promise<ControlClient>;
  readonly #accounts = new Map<string, EventAccount>();
  readonly #following: Promise<void>[] = [];
  readonly #stopped = new AbortController();

  constructor(timeline: Timeline, connect: () => Promise<ControlClient>) {
    this.#timeline = timeline;
    this.#connect = connect;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#following);
  }

  accepted(event: AcceptedEvent): void {
    const account: EventAccount = { event, states: [{ state: "stored", at: event.at }], last: null };
    this.#accounts.set(event.id, account);
    this.#following.push(this.#follow(account));
  }

  isInHand(): boolean {
    return this.accounts().some(({ last }) => last?.state === "delivered");
  }

  get acked(): number {
    return this.accounts().filter(({ last }) => last?.state === "acked").length;
  }

  accounts(): EventAccount[] {
    return [...this.#accounts.values()];
  }

  async #follow(account: EventAccount): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted && account.last?.state !== "acked") {
      const control = await this.#connect();
      try {
        const request = { id: account.event.id };
        for await (const { event, atMs } of control.watch(
          ControlService.method.watchEvent,
          request,
          signal,
        )) {
          if (event !== undefined) this.#note(account, event, Number(atMs));
        }
      } catch {
        // The server is down: that is what the demo is about.
        await pause(AGAIN_MS);
      } finally {
        control.close();
      }
    }
  }

  #note(account: EventAccount, info: EventInfo, seenAt: number): void {
    account.last = info;
    const before = account.states.at(-1)?.state;
    const same = before === info.state || (before === "stored" && info.state === "queued");
    if (!same) account.states.push({ state: info.state, at: Number(info.settledAtMs) || seenAt });
    if (info.state === "acked" && !same) this.#timeline.life(account);
  }
}
