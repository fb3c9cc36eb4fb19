/** A store whose disk can be made to fail, slow or refuse, and to be well again. */
import { SignalboxError } from "../../src/domain/errors.ts";
import type { EventContent } from "../../src/domain/event.ts";
import type { Store, Write, WriteResult } from "../../src/domain/ports/store.ts";

export class Trouble {
  /** Of what is asked for, what fails while this is so. */
  failing: "nothing" | "commits" | "contents" = "nothing";
  /** Contents that a hand or a failing disk has spoilt, by event. */
  readonly damaged = new Map<string, "missing" | "unreadable" | "unrenderable">();
  /** Asked before each commit: true lets this one fail. */
  failsNext: (writes: readonly Write[]) => boolean = () => false;
  /** Asked before each commit: true has it meet a damaged page. */
  meetsDamage: (writes: readonly Write[]) => boolean = () => false;
  /** Before each commit; what it returns is waited for. */
  before: (writes: readonly Write[]) => Promise<void> = async () => {};
  /** Asked before each commit: true has its writes lose against somebody else's. */
  losesNext: (writes: readonly Write[]) => boolean = () => false;

  wrap(store: Store): Store {
    return {
      ...store,
      commit: (writes) => this.#commit(store, writes),
      content: (id) => this.#content(store, id),
    };
  }

  async #content(store: Store, id: string): Promise<EventContent | null> {
    if (this.failing === "contents") throw diskError();
    const content = await store.content(id);
    switch (this.damaged.get(id)) {
      case "missing":
        return null;
      case "unreadable":
        throw new SignalboxError("unavailable", "unreadable_record", `${id} cannot be read`, "Restore it");
      case "unrenderable":
        return content && Object.defineProperty({ ...content }, "payload", { get: throwBug });
      default:
        return content;
    }
  }

  async #commit(store: Store, writes: readonly Write[]): Promise<WriteResult[]> {
    await this.before(writes);
    if (this.failing === "commits" || this.failsNext(writes)) throw diskError();
    if (this.meetsDamage(writes)) throw damage();
    if (this.losesNext(writes)) return writes.map(() => ({ kind: "conflict" }));
    return store.commit(writes);
  }
}

const throwBug = () => {
  throw new RangeError("Invalid string length");
};

const diskError = () => new SignalboxError("unavailable", "store_io", "the disk fails", "Check the disk");

const damage = () =>
  new SignalboxError("unavailable", "store_corrupt", "a page is damaged", "Restore a backup");

/** True once, for a commit that writes a session in this state. */
export function onceFor(state: string): (writes: readonly Write[]) => boolean {
  let done = false;
  return (writes) => {
    const meant = writes.some(({ kind, record }) => kind === "session" && record.actor.value === state);
    if (done || !meant) return false;
    done = true;
    return true;
  };
}
