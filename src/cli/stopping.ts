/** How a server that runs in the foreground is told to stop: once to drain, twice to leave at once. */
import type { Clock } from "../domain/ports/clock.ts";
import type { Terminal } from "./terminal.ts";

export interface Stoppable {
  stop(): Promise<void>;
}

export interface StopSignals {
  /** Calls `fn` at each signal. */
  listen(fn: () => void): void;
  close(): void;
}

export interface Stopping {
  drainMs: number;
  signals: StopSignals;
  terminal: Terminal;
  clock: Clock;
}

/** npm passes a Ctrl-C on to the process that the terminal has already told: what comes so soon is the same one. */
const SAME_SIGNAL_MS = 500;

/** The exit code: 0 when the server has left in good order, 1 when it was left behind. */
export async function untilStopped(server: Stoppable, stopping: Stopping): Promise<number> {
  const { drainMs, signals, terminal, clock } = stopping;
  const asked = Promise.withResolvers<void>();
  const forced = Promise.withResolvers<number>();
  let askedAt: number | null = null;
  signals.listen(() => {
    if (askedAt === null) {
      askedAt = clock.monotonic();
      asked.resolve();
    } else if (clock.monotonic() - askedAt > SAME_SIGNAL_MS) {
      forced.resolve(1);
    }
  });
  await asked.promise;
  terminal.print("Stopping: what is in hand stays with its session. Ctrl-C again leaves at once.");
  const late = clock.setTimer(drainMs, () => {
    terminal.complain(
      `The server has not left within ${drainMs / 1000} s; leaving without it. Nothing accepted is lost.`,
    );
    forced.resolve(1);
  });
  try {
    return await Promise.race([server.stop().then(() => 0), forced.promise]);
  } finally {
    late.cancel();
    signals.close();
  }
}

/** Ctrl-C, a supervisor, and a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function processSignals(): StopSignals {
  let heard = () => {};
  const relay = () => heard();
  return {
    listen(fn) {
      heard = fn;
      for (const signal of SIGNALS) process.on(signal, relay);
    },
    close() {
      for (const signal of SIGNALS) process.off(signal, relay);
    },
  };
}
