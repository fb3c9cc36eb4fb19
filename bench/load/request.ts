/** Signed webhooks as GitHub sends them, made beforehand: under load only the delivery id is written anew. */
import { sampleWebhook } from "../../src/domain/samples/sample.ts";
import { schemes } from "../../src/domain/schemes/index.ts";

/**
 * GitHub's delivery ids are UUIDs of version 1: the time in 100 ns with its low half first, then what stays the same for a
 * sender. No two requests of this process have the same time.
 */
const REST_OF_ID = "-11e3-81ab-4c9367dc0958";
const NO_ID = `00000000-0000${REST_OF_ID}`;
const HALF = 2 ** 32;

let lastTick = 0;

function deliveryTime(): string {
  const tick = Math.floor((performance.timeOrigin % 1e10) + performance.now()) * 1e4;
  lastTick = Math.max(lastTick + 1, tick);
  const [low, middle] = [lastTick % HALF, Math.floor(lastTick / HALF) % 2 ** 16];
  return `${low.toString(16).padStart(8, "0")}-${middle.toString(16).padStart(4, "0")}`;
}

/** What a connection sends, again and again. */
export interface LoadRequest {
  /** How its answer begins. */
  readonly answer: string;
  /** The bytes are good until the next call. */
  next(): Buffer;
}

/** The bytes of one request. */
export class SignedRequest implements LoadRequest {
  readonly answer = "HTTP/1.1 202 ";
  readonly #bytes: Buffer;
  readonly #idAt: number;

  constructor(url: URL, secret: string, bodyBytes: number, seed: string) {
    const { headers, body } = signedBody(secret, bodyBytes, seed);
    const head = headOf(url, { ...headers, "x-github-delivery": NO_ID }, body);
    this.#bytes = Buffer.concat([Buffer.from(head), body]);
    this.#idAt = head.indexOf(NO_ID);
  }

  /** As a delivery of its own. */
  next(): Buffer {
    this.#bytes.write(deliveryTime(), this.#idAt, "latin1");
    return this.#bytes;
  }
}

export function headOf(url: URL, headers: Record<string, string>, body: Buffer): string {
  const lines = Object.entries({ host: url.host, ...headers, "content-length": String(body.length) });
  return `POST ${url.pathname} HTTP/1.1\r\n${lines.map((pair) => `${pair.join(": ")}\r\n`).join("")}\r\n`;
}

/** A pull request whose description fills the body up to its size. */
function signedBody(secret: string, bodyBytes: number, seed: string) {
  const sample = sampleWebhook("github", "pull_request.opened", { secret, nowMs: Date.now(), seed });
  if (sample.kind !== "sample") throw new Error("there is no sample of a pull request");
  const payload = JSON.parse(sample.body.toString());
  payload.pull_request.body += ".".repeat(Math.max(0, bodyBytes - sample.body.length));
  const body = Buffer.from(JSON.stringify(payload));
  const signature = schemes.github.sign({ headers: {}, body, url: "" }, secret, Date.now());
  return { body, headers: { ...sample.headers, ...signature } };
}
