/** The outside world: signed webhooks, sent again until they are accepted, as providers do. */
import { setTimeout as pause } from "node:timers/promises";
import { sampleTypes, sampleWebhook } from "../../src/domain/samples/sample.ts";
import type { SchemeName } from "../../src/domain/source.ts";

const AGAIN_MS = 200;
const MOST_TRIES = 100;

export interface DemoSource {
  scheme: SchemeName;
  url: string;
  secret: string;
}

export interface AcceptedEvent {
  number: number;
  id: string;
  scheme: SchemeName;
  type: string;
  at: number;
}

export class Sender {
  readonly #sources: readonly DemoSource[];

  constructor(sources: readonly DemoSource[]) {
    this.#sources = sources;
  }

  /** Resolves when the server has said that the event is its own. */
  async send(number: number): Promise<AcceptedEvent> {
    const source = pick(this.#sources, number);
    const type = pick(sampleTypes(source.scheme), Math.floor(number / this.#sources.length));
    const seed = `demo ${number}`;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const sample = sampleWebhook(source.scheme, type, { secret: source.secret, nowMs: Date.now(), seed });
      if (sample.kind !== "sample") throw new Error(`there is no sample ${type}`);
      const { headers, body } = sample;
      const response = await fetch(source.url, { method: "POST", headers, body: new Uint8Array(body) }).catch(
        () => null,
      );
      const answer: unknown = await response?.json();
      if (response?.status === 202 && isAccepted(answer)) {
        return { number, id: answer.id, scheme: source.scheme, type, at: Date.now() };
      }
      await pause(AGAIN_MS);
    }
    throw new Error(`webhook ${number} was not accepted`);
  }
}

const isAccepted = (answer: unknown): answer is { id: string } =>
  typeof answer === "object" && answer !== null && "id" in answer && typeof answer.id === "string";

function pick<T>(all: readonly T[], index: number): T {
  const found = all[index % all.length];
  if (found === undefined) throw new Error("there is nothing to pick from");
  return found;
}
