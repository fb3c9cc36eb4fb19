/** Does to the box what the schedule says. */
import { setTimeout as pause } from "node:timers/promises";
import { reasonOf } from "../../src/domain/errors.ts";
import { until } from "../world/until.ts";
import { atStart, type TorturedBox } from "./box.ts";
import type { Blow } from "./schedule.ts";
import type { Sitting } from "./seat.ts";

/** A fail point that nothing passes for so long is not waited for: the server is killed where it stands. */
const PASS_MS = 1_000;

/** The longest that a blow waits for an event in hand. */
const BUSY_MS = 800;

export class Blows {
  readonly #box: TorturedBox;
  readonly #seats: readonly Sitting[];
  readonly #note: (line: string) => void;
  /** What heals by itself after a while. */
  readonly #healing = new Set<Promise<void>>();

  constructor(box: TorturedBox, seats: readonly Sitting[], note: (line: string) => void) {
    this.#box = box;
    this.#seats = seats;
    this.#note = note;
  }

  /** Whoever is to be hit has an event in hand; or nobody was given one for too long. */
  async untilBusy(blow: Blow): Promise<void> {
    const seats = "seat" in blow ? [this.#seat(blow.seat)] : this.#seats;
    await until(() => seats.some(({ working }) => working), "an event in hand", BUSY_MS).catch(() => {});
  }

  /** Resolves when the next blow may come; what it hurt may still be coming back. Rejects when a server does not start. */
  async deal(blow: Blow): Promise<void> {
    const { server, wires } = this.#box;
    this.#note(Object.values(blow).join(" "));
    switch (blow.kind) {
      case "kill-server":
        await server.kill9();
        return this.#restart(blow.downMs);
      case "kill-server-at": {
        this.#box.say({ order: "strike", point: blow.point, skip: blow.skip });
        if (!(await server.endsWithin(PASS_MS))) this.#note("nothing passed there; killed where it stands");
        await server.kill9();
        return this.#restart(blow.downMs);
      }
      case "kill-starting-server": {
        await server.kill9();
        const died = await server.start(atStart({ point: "any", skip: blow.skip })).then(
          () => false,
          () => true,
        );
        if (!died) this.#note("it was up before it was struck");
        await server.kill9();
        return this.#restart(0);
      }
      case "restart-server": {
        const code = await server.stop();
        if (code !== 0) throw new Error(`a server that was told to stop left with ${code}: ${server.output}`);
        return this.#restart(0);
      }
      case "kill-client":
        return this.#seat(blow.seat).killClient(blow);
      case "kill-plugin":
        return this.#seat(blow.seat).killPlugin(blow);
      case "cut":
        return wires[blow.side].cut();
      case "freeze":
        wires[blow.side].freeze();
        return this.#later(blow.ms, () => {
          if (blow.ends === "cut") wires[blow.side].cut();
          wires[blow.side].thaw();
        });
      case "abandon":
        return wires[blow.side].abandon();
      case "slow":
        wires[blow.side].slow(blow.delayMs);
        return this.#later(blow.ms, () => wires[blow.side].slow(0));
      case "rotate-token":
        return this.#changes(this.#box.tokens.rotate(blow.holder, server.grpcUrl));
      case "revoke-token":
        return this.#changes(this.#box.revokeToken(blow.holder));
      case "fill-disk":
        this.#box.say({ order: "disk", pages: blow.pages });
        return this.#later(blow.ms, () => this.#box.say({ order: "disk", pages: null }));
      case "fail-disk": {
        const { point, skip, times } = blow;
        return this.#box.say({ order: "strike", point, skip, times, how: "fail" });
      }
      default:
        return blow satisfies never;
    }
  }

  /** Resolves when nothing is left to heal by itself. */
  async healed(): Promise<void> {
    await Promise.all(this.#healing);
  }

  /** Of a token; what a server that is down has not done is let be. */
  async #changes(change: Promise<unknown>): Promise<void> {
    await change.catch((error: unknown) => this.#note(`it was not done: ${reasonOf(error)}`));
  }

  async #restart(downMs: number): Promise<void> {
    for (const line of this.#box.server.output.split("\n")) if (line !== "") this.#note(`server: ${line}`);
    await pause(downMs);
    await this.#box.server.start();
    this.#note("the server is up");
  }

  #later(ms: number, heal: () => void): void {
    const done = pause(ms).then(() => {
      heal();
      this.#healing.delete(done);
    });
    this.#healing.add(done);
  }

  #seat(number: number): Sitting {
    const seat = this.#seats[number];
    if (seat === undefined) throw new Error(`there is no seat ${number}`);
    return seat;
  }
}
