/** A promise as it can be seen from outside. It is told of everything that happens, and of each step, and throws `Broken`. */
import type { Happening } from "../happening.ts";
import type { World } from "../world.ts";

export interface Invariant {
  /** Of docs/architecture.md. */
  promise: number;
  title: string;
  sees(happening: Happening): void;
  /** All consequences of a step have come about. */
  stepped?(): void;
  /** The world has been healed, and had time enough. */
  atEnd?(): void;
}

export type MakeInvariant = (world: World) => Invariant;

export class Broken extends Error {
  override readonly name = "Broken";
  readonly promise: number;

  constructor(promise: number, what: string) {
    super(what);
    this.promise = promise;
  }
}
