/** What somebody sends who knows a source's address and all of its scheme, but not its secret. */
import { randomBytes } from "node:crypto";
import { sampleTypes, sampleWebhook } from "../../src/domain/samples/sample.ts";
import { keysOf, schemes } from "../../src/domain/schemes/index.ts";
import type { SchemeName } from "../../src/domain/source.ts";
import { headOf, type LoadRequest } from "./request.ts";

export function forgedRequest(url: URL, scheme: SchemeName): LoadRequest {
  const [type = ""] = sampleTypes(scheme);
  const { signing: secret } = keysOf(schemes[scheme].secret, randomBytes(32));
  const sample = sampleWebhook(scheme, type, { secret, url: url.href, nowMs: Date.now(), seed: "forged" });
  if (sample.kind !== "sample") throw new Error(`there is no sample of ${scheme}`);
  const bytes = Buffer.concat([Buffer.from(headOf(url, sample.headers, sample.body)), sample.body]);
  return { answer: "HTTP/1.1 401 ", next: () => bytes };
}
