/** What an owner does with a source that he made, told in the answer that has its URL. */
import { reachAdvice } from "../domain/reach.ts";
import { schemes } from "../domain/schemes/index.ts";
import type { SchemeName } from "../domain/source.ts";

export function nextStep(name: SchemeName, hasSecret: boolean, url: string): string {
  return [...toDo(name, hasSecret, url), reachAdvice(url)].filter((line) => line !== "").join("\n");
}

function toDo(name: SchemeName, hasSecret: boolean, url: string): readonly string[] {
  const { provider, secret, steps } = schemes[name];
  if (secret.from !== "provider") return steps(url);
  return hasSecret
    ? [`Requests to ${url} that ${provider} signs with that secret are accepted.`]
    : [...steps(url), "Every request is refused until the source has the provider's secret."];
}
