/** The outside world: signed webhooks, sent again until they are accepted, as providers do. */
import { sampleTypes } from "../../src/domain/samples/sample.ts";
import type { SchemeName } from "../../src/domain/source.ts";
import { type ProviderSource, sendUntilAccepted } from "../world/provider.ts";

export interface AcceptedEvent {
  number: number;
  id: string;
  scheme: SchemeName;
  type: string;
  at: number;
}

export class Sender {
  readonly #sources: readonly ProviderSource[];

  constructor(sources: readonly ProviderSource[]) {
    this.#sources = sources;
  }

  /** Resolves when the server has said that the event is its own. */
  async send(number: number): Promise<AcceptedEvent> {
    const source = pick(this.#sources, number);
    const { scheme } = source;
    const type = pick(sampleTypes(scheme), Math.floor(number / this.#sources.length));
    const { id } = await sendUntilAccepted(source, { type, seed: `demo ${number}` });
    return { number, id, scheme, type, at: Date.now() };
  }
}

function pick<T>(all: readonly T[], index: number): T {
  const found = all[index % all.length];
  if (found === undefined) throw new Error("there is nothing to pick from");
  return found;
}
