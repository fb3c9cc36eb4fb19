/** The waiters that hang on the plugin's socket; the newest replaces the others. */
export interface Waiters {
  readonly attached: boolean;
  /** Sends the waiter away with the line that wakes the session; false: there is none. */
  wake(eventId: string): boolean;
  /** Set once: told whenever `attached` may have changed. `arrived`: a new one is there. */
  listen(onChange: (arrived: boolean) => void): void;
}
