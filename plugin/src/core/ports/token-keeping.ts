/** Where tokens are kept: in the configuration file, and in new files beside it. A transcript is no place for one. */
export interface TokenKeeping {
  /** Why the configuration can't be given another token, with the cure; null: it can. */
  obstacle(): Promise<string | null>;
  /**
   * Puts one token in the place of the other: the whole file or nothing, for its owner alone; all else in it stays, and a link
   * to it stays one. `changed`: it has neither of them. Rejects when the disk does.
   */
  replace(from: string, to: string): Promise<"saved" | "changed">;
  /** The configuration has these from now on, and is made if there is none; all else in it stays. Its path. Rejects as above. */
  configure(change: { token: string; remote: string | null }): Promise<string>;
  /** The configuration has no token any more; all else in it stays. False: it had none. */
  clear(): Promise<boolean>;
  /** A new file beside the configuration, for its owner alone; its path. Rejects when the disk does. */
  keep(name: string, text: string): Promise<string>;
}
