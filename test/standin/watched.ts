/** Long, because a machine may be busy; nothing waits longer than it must. */
const PATIENCE_MS = 30_000;

/** Something that changes, and can be waited for without polling. */
export class Watched {
  #watchers = new Set<() => void>();

  /**
   * What `find` gives as soon as it gives something, asked now and after each change.
   *
   * @example const second = await transcript.until(() => transcript.of("turn-end")[1]);
   */
  until<T>(find: () => T | undefined | null | false, withinMs = PATIENCE_MS): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const stop = () => {
      clearTimeout(timer);
      this.#watchers.delete(look);
    };
    const look = () => {
      try {
        const found = find();
        if (found === undefined || found === null || found === false) return;
        resolve(found);
      } catch (error) {
        reject(error);
      }
      stop();
    };
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`not so within ${withinMs} ms: ${find}\n${this.told()}`));
    }, withinMs);
    this.#watchers.add(look);
    look();
    return promise;
  }

  /** For the message of a wait that failed. */
  protected told(): string {
    return "";
  }

  protected changed(): void {
    for (const look of [...this.#watchers]) look();
  }
}
