/**
 * One link over grpc-js, with its flow held in both directions:
 *
 *   F1  What waits to be sent is bounded. While much waits, or much is being worked on, nothing more is read: the flow
 *       control of HTTP/2 then slows the plugin down to what is stored and what it reads.
 *   F2  A plugin that does not read for long is told so, and its connection is cut: it comes back to a fresh one.
 */
import { create } from "@bufbuild/protobuf";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import {
  type ConnectRequest,
  type ConnectResponse,
  RefusedSchema,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import type { Stream, StreamListener } from "../domain/ports/transport.ts";
import { frame } from "./frames.ts";
import type { Peers } from "./grpc-transport.ts";

/** While so much waits to be sent, nothing more is read. */
const PAUSE_BYTES = 65_536;
/** With so much the stream is given up, and also when it has not come down for so long. */
const MOST_BYTES = 1_048_576;
const UNREAD_MS = 30_000;
/** For the refusal, and for what stands before it. */
const FAREWELL_MS = 5_000;
/** Frames that are being worked on. */
const MOST_AT_WORK = 64;

/** What a frame takes beside its content. */
const FRAME_BYTES = 256;

export class GrpcStream implements Stream<ConnectRequest, ConnectResponse> {
  readonly #call: ServerDuplexStream<ConnectRequest, ConnectResponse>;
  readonly #peers: Peers;
  #listener: StreamListener<ConnectRequest> | null = null;
  #ended = false;
  #unsent = 0;
  #atWork = 0;
  /** Set while so much is unsent that nothing is read. */
  #patience: NodeJS.Timeout | null = null;

  constructor(call: ServerDuplexStream<ConnectRequest, ConnectResponse>, peers: Peers) {
    this.#call = call;
    this.#peers = peers;
  }

  listen(listener: StreamListener<ConnectRequest>): void {
    this.#listener = listener;
    this.#call.on("data", (said: ConnectRequest) => {
      if (!this.#ended) this.#take(said);
    });
    this.#call.on("end", () => {
      this.#end(true, "the plugin ended the stream");
      this.#call.end();
    });
    this.#call.on("cancelled", () => this.#end(false, "the connection is gone"));
    this.#call.on("error", (error: Error) => this.#end(false, error.message));
  }

  send(answer: ConnectResponse): void {
    if (this.#ended || !this.#call.writable) return;
    if (answer.frame.case === "welcome") this.#peers.trust(this.#call.getPeer());
    const bytes = sizeOf(answer);
    this.#unsent += bytes;
    this.#call.write(answer, () => {
      this.#unsent -= bytes;
      this.#flow();
    });
    if (this.#unsent > MOST_BYTES) this.#giveUp();
    else this.#flow();
  }

  end(): void {
    this.#call.end();
    // Behind it may stand what the plugin said after its end: read on, or its own end never comes.
    this.#call.resume();
    if (this.#unsent > 0) this.#cutSoon();
  }

  #take(said: ConnectRequest): void {
    const work = this.#listener?.onFrame(said);
    if (work === undefined) return;
    this.#atWork += 1;
    this.#flow();
    void work.finally(() => {
      this.#atWork -= 1;
      this.#flow();
    });
  }

  /** F1. */
  #flow(): void {
    if (this.#ended) return;
    const clogged = this.#unsent >= PAUSE_BYTES;
    if (clogged) this.#patience ??= setTimeout(() => this.#giveUp(), UNREAD_MS);
    else this.#calm();
    const full = clogged || this.#atWork >= MOST_AT_WORK;
    if (full !== this.#call.isPaused()) full ? this.#call.pause() : this.#call.resume();
  }

  /** F2. */
  #giveUp(): void {
    if (this.#ended) return;
    this.#call.write(frame({ case: "refused", value: create(RefusedSchema, NOT_READING) }));
    this.#end(false, "the plugin does not read");
    this.#call.end();
    this.#cutSoon();
  }

  #end(clean: boolean, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#calm();
    this.#call.resume();
    this.#listener?.onEnd({ clean, reason });
  }

  #calm(): void {
    if (this.#patience === null) return;
    clearTimeout(this.#patience);
    this.#patience = null;
  }

  /** grpc-js ends a stream only behind all that waits to be sent, and whoever does not read lets that wait for ever. */
  #cutSoon(): void {
    const peer = this.#call.getPeer();
    const late = setTimeout(() => this.#peers.cut(peer), FAREWELL_MS);
    late.unref();
    const gone = () => clearTimeout(late);
    this.#call.once("finish", gone).once("cancelled", gone);
  }
}

const NOT_READING = {
  code: "not_reading",
  message: "the plugin does not read what it is sent",
  cure: "It connects again by itself; if it stays so, restart the session",
  retry: true,
};

/** Only a delivery is large. Characters may take three bytes; what is counted is memory, where they take two at most. */
function sizeOf({ frame: { case: kind, value } }: ConnectResponse): number {
  return FRAME_BYTES + (kind === "deliver" ? value.content.length : 0);
}
