/** How a stream ended, told once. `clean`: the other side said that it ends. */
export interface StreamEnd {
  clean: boolean;
  reason: string;
}

/**
 * One side of a bidirectional stream of typed frames. Frames arrive in order or the stream ends; nothing says that a
 * frame that was sent has arrived.
 */
export interface Stream<In, Out> {
  /** Puts a frame on its way; after the end it does nothing. */
  send(frame: Out): void;
  /** Ends the stream once what was sent has left; idempotent. */
  end(): void;
  /** Set once, before the first frame is read. */
  listen(listener: StreamListener<In>): void;
}

export interface StreamListener<In> {
  /** A promise: work is under way for it. A stream with much of that is read no further until some of it is done. */
  onFrame(frame: In): Promise<unknown> | undefined;
  onEnd(end: StreamEnd): void;
}

/** What the server's side of the transport tells of a caller before the first frame. */
export interface Caller {
  /** `authorization` metadata without `Bearer `, or null. */
  token: string | null;
  /** For logs alone: address and port. */
  peer: string;
}

/** The server's side: hands every new stream to `accept`. */
export interface Transport<In, Out> {
  accept(handler: (stream: Stream<In, Out>, caller: Caller) => void): void;
}
