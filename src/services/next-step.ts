/** What an owner does with a source that he made, told in the answer that has its URL. */
import { reachAdvice } from "../domain/reach.ts";
import { schemes } from "../domain/schemes/index.ts";
import type { SchemeName } from "../domain/source.ts";

export function nextStep(name: SchemeName, hasSecret: boolean, url: string): string {
  const { howToSend = "" } = schemes[name];
  return [toDo(name, hasSecret, url), howToSend, reachAdvice(url)].filter((text) => text !== "").join(" ");
}

function toDo(name: SchemeName, hasSecret: boolean, url: string): string {
  const { secret } = schemes[name];
  switch (secret.kind) {
    case "owner":
      return `Paste the URL ${url} and the secret at the sender; then its requests are accepted.`;
    case "provider":
      return hasSecret
        ? `Requests to ${url} with the provider's signature are accepted.`
        : `Every request is refused until the source has the provider's secret. ${secret.whereToFind}`;
    case "none":
      return `Paste the URL ${url} at the sender. Anybody who knows it can send: nothing is verified.`;
  }
}
