/** One WebSocket as this room sees it: text frames in their order, and one end. */
export interface Wire {
  /** Puts a frame on its way; after the end it does nothing. */
  send(text: string): void;
  /** Ends it, with a code and a reason that the other side is shown; idempotent. */
  close(code: number, reason: string): void;
  /** Set once, before the first frame is read. */
  listen(listener: WireListener): void;
}

export interface WireListener {
  /** A promise: work is under way for it. A wire with much of that is read no further until some of it is done. */
  onText(text: string): Promise<unknown> | undefined;
  /** `left`: the client's process said that it ends; else it may come back. Told once. */
  onEnd(end: { left: boolean; reason: string }): void;
}

/** RFC 6455, 7.4.1. */
export const CLOSE = {
  goingAway: 1001,
  unsupported: 1003,
  refused: 1008,
  tooBig: 1009,
  again: 1012,
} as const;
