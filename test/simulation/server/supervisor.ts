/** Whoever starts the server again: its processes come and go, its disk and its address stay. */
import { Life, type Wall } from "../time/life.ts";
import type { World } from "../world.ts";
import { ServerProcess } from "./server.ts";

const AGAIN_MS = 1_000;

export class Supervisor {
  readonly wall: Wall;
  /** The furthest that its clock has been ahead. */
  latestWall: number;
  readonly #world: World;
  /** The process of now, from its first moment on. */
  #life: Life | null = null;
  #up: ServerProcess | null = null;
  #incarnation = 0;

  constructor(world: World, wall: Wall) {
    this.#world = world;
    this.wall = wall;
    this.latestWall = wall.offset;
  }

  get up(): ServerProcess | null {
    return this.#up;
  }

  /** Timers that its process has set. */
  get timers(): number {
    return this.#life?.clockTimers ?? 0;
  }

  /** Somebody, or NTP, sets the clock of its machine. */
  setClock(byMs: number): void {
    this.wall.offset += byMs;
    this.latestWall = Math.max(this.latestWall, this.wall.offset);
  }

  start(): void {
    if (this.#life !== null) return;
    const { time, chance, disk, limits, keeping } = this.#world;
    this.#incarnation += 1;
    const life = new Life(`server ${this.#incarnation}`, time, this.wall);
    this.#life = life;
    const starting = ServerProcess.start({
      life,
      chance,
      disk,
      limits,
      keeping,
      witness: (happening) => this.#world.witness(happening),
    });
    starting.then(
      (process) => this.#isUp(process),
      () => {
        this.#end();
        time.after(AGAIN_MS, () => this.start());
      },
    );
  }

  /** `kill -9`, or worse: with the whole machine. */
  kill(machine: boolean, downMs: number): void {
    this.#end();
    if (machine) this.#world.disk.powerCut();
    this.#world.time.after(downMs, () => this.start());
  }

  /** As on SIGTERM, and then anew. */
  restart(downMs: number): void {
    const { time, network } = this.#world;
    const process = this.#up;
    if (process === null) return;
    network.server = null;
    this.#up = null;
    this.#stopClocks();
    this.#world.witness({ kind: "server", up: false });
    process.leave().then(
      () => {
        if (process.life !== this.#life) return;
        this.#end();
        time.after(downMs, () => this.start());
      },
      () => this.kill(false, downMs),
    );
  }

  /** Looks how the deadlines' time runs: after anything that has changed it. */
  clockIn(): void {
    const { uptime, serverTime, disk } = this.#world;
    serverTime.run(this.#up !== null);
    uptime.run(this.#up !== null && disk.well);
  }

  #isUp(process: ServerProcess): void {
    if (process.life !== this.#life) return;
    this.#up = process;
    this.#world.network.server = process;
    this.clockIn();
    this.#world.witness({ kind: "server", up: true });
    process.box.awake.catch(() => {
      if (process.life === this.#life) this.kill(false, AGAIN_MS);
    });
  }

  #stopClocks(): void {
    this.#world.serverTime.run(false);
    this.#world.uptime.run(false);
  }

  #end(): void {
    const wasUp = this.#up !== null;
    this.#world.network.server = null;
    this.#up = null;
    this.#stopClocks();
    const life = this.#life;
    this.#life = null;
    life?.end();
    if (wasUp) this.#world.witness({ kind: "server", up: false });
  }
}
