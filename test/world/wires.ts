/**
 * A wire that can be hurt: a TCP proxy on loopback that cuts, freezes, slows and heals the connections through it. Frozen
 * is half-open: neither data nor an end passes, in either direction, and neither side is told.
 */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export class Wires {
  readonly port: number;
  readonly #server: Server;
  readonly #wires = new Set<Wire>();
  #frozen = false;
  #delayMs = 0;

  static async to(port: number): Promise<Wires> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Wires(server, port);
  }

  private constructor(server: Server, target: number) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port was given");
    this.port = address.port;
    this.#server = server;
    server.on("connection", (near) => {
      const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
      const wire = new Wire(near, far, () => this.#wires.delete(wire));
      this.#wires.add(wire);
      wire.delayMs = this.#delayMs;
      if (this.#frozen) wire.freeze();
    });
  }

  /** Every connection of now ends for both sides; new ones are let through. */
  cut(): void {
    for (const wire of this.#wires) wire.cut();
  }

  /** Every connection of now stands still, and those that are made until `thaw`. */
  freeze(): void {
    this.#frozen = true;
    for (const wire of this.#wires) wire.freeze();
  }

  /** What stood still goes on where it was; `abandoned` connections don't. */
  thaw(): void {
    this.#frozen = false;
    for (const wire of this.#wires) wire.thaw();
  }

  /** Every connection of now stands still for ever; new ones are let through. */
  abandon(): void {
    for (const wire of this.#wires) wire.abandon();
  }

  /** What passes is late by so much. */
  slow(delayMs: number): void {
    this.#delayMs = delayMs;
    for (const wire of this.#wires) wire.delayMs = delayMs;
  }

  close(): void {
    this.#server.close();
    this.cut();
  }
}

/** One connection, from the near side to the far one. */
class Wire {
  delayMs = 0;
  readonly #ends: readonly [Socket, Socket];
  readonly #gone: () => void;
  #state: "flowing" | "frozen" | "abandoned" = "flowing";

  constructor(near: Socket, far: Socket, gone: () => void) {
    this.#ends = [near, far];
    this.#gone = gone;
    this.#carry(near, far);
    this.#carry(far, near);
    near.resume();
  }

  cut(): void {
    for (const end of this.#ends) end.destroy();
    this.#gone();
  }

  freeze(): void {
    if (this.#state !== "flowing") return;
    this.#state = "frozen";
    for (const end of this.#ends) end.pause();
  }

  thaw(): void {
    if (this.#state !== "frozen") return;
    this.#state = "flowing";
    // What ended while nothing could pass is told now.
    if (this.#ends.some((end) => end.destroyed)) this.cut();
    for (const end of this.#ends) end.resume();
  }

  abandon(): void {
    this.freeze();
    this.#state = "abandoned";
  }

  #carry(from: Socket, to: Socket): void {
    const queue = new Queue(() => this.delayMs);
    from.setNoDelay(true);
    from.on("error", () => {});
    from.on("data", (chunk) => queue.take(() => to.write(chunk)));
    from.on("end", () => queue.take(() => to.end()));
    from.on("close", () => {
      // Where it stands still, the other side must not hear of it.
      if (this.#state === "flowing") queue.take(() => this.cut());
    });
  }
}

/** One thing after the other, each late by as much as is asked for then. */
class Queue {
  readonly #delayMs: () => number;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(delayMs: () => number) {
    this.#delayMs = delayMs;
  }

  take(act: () => unknown): void {
    const delayMs = this.#delayMs();
    if (delayMs === 0 && this.#waiting === 0) {
      act();
      return;
    }
    this.#waiting += 1;
    this.#last = this.#last
      .then(() => pause(delayMs))
      .then(() => {
        this.#waiting -= 1;
        act();
      });
  }
}
