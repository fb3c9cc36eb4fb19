/** One WebSocket as a wire, with its flow held: what waits to be sent and what is being worked on are bounded. */
import type { RawData, WebSocket } from "ws";
import { CLOSE, type Wire, type WireListener } from "./wire.ts";

/** Frames that are being worked on; while there are more, nothing is read. */
const MOST_AT_WORK = 64;
/** With so much unread the client is given up. */
const MOST_BYTES = 2_097_152;
/** For the farewell, and for what stands before it. */
const FAREWELL_MS = 2_000;
/** RFC 6455, 5.5. */
const REASON_BYTES = 123;

export class Socket implements Wire {
  readonly #socket: WebSocket;
  #atWork = 0;
  #ended = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  listen(listener: WireListener): void {
    const socket = this.#socket;
    socket.on("message", (data: RawData, isBinary: boolean) => {
      if (this.#ended) return;
      if (isBinary) this.#refuse(listener, CLOSE.unsupported, "frames are text");
      // With the library's default binary type a message is one buffer.
      else this.#work(listener.onText(String(data)));
    });
    socket.on("error", (error) => this.#end(listener, false, error.message));
    socket.on("close", (code, reason) => {
      // Only of its own will: 1000 and 1001 are what a process says that ends.
      this.#end(listener, code === 1000 || code === CLOSE.goingAway, `closed with ${code} ${String(reason)}`);
    });
  }

  send(text: string): void {
    if (this.#ended || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > MOST_BYTES) this.#socket.terminate();
  }

  close(code: number, reason: string): void {
    this.#ended = true;
    this.#socket.resume();
    this.#socket.close(code, cut(reason));
    // Whoever does not answer the farewell is cut off.
    const late = setTimeout(() => this.#socket.terminate(), FAREWELL_MS);
    late.unref();
    this.#socket.once("close", () => clearTimeout(late));
  }

  #work(work: Promise<unknown> | undefined): void {
    if (work === undefined) return;
    this.#atWork += 1;
    if (this.#atWork >= MOST_AT_WORK) this.#socket.pause();
    void work.finally(() => {
      this.#atWork -= 1;
      if (this.#atWork < MOST_AT_WORK) this.#socket.resume();
    });
  }

  #refuse(listener: WireListener, code: number, reason: string): void {
    this.#end(listener, false, reason);
    this.close(code, reason);
  }

  #end(listener: WireListener, left: boolean, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    listener.onEnd({ left, reason });
  }
}

const cut = (reason: string): string => {
  const bytes = Buffer.from(reason);
  return bytes.length <= REASON_BYTES
    ? reason
    : bytes
        .subarray(0, REASON_BYTES)
        .toString("latin1")
        .replace(/[^\x20-\x7e]/g, "?");
};
