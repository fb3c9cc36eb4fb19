/** A process, told apart from a later one with the same id by the time at which it started. */
export interface Owner {
  pid: number;
  /** As the system tells it, comparable as text; null where it can't be told. */
  startedAt: string | null;
}

export interface Processes {
  /** This process. */
  readonly self: Owner;
  isAlive(owner: Owner): Promise<boolean>;
}
