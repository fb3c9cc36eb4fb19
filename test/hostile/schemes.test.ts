/** Who knows a source's address and its scheme, but no secret: whatever he writes into its headers is refused, and costs no more. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleTypes, sampleWebhook } from "../../src/domain/samples/sample.ts";
import { keysOf, schemes } from "../../src/domain/schemes/index.ts";
import { SCHEMES, type SchemeName } from "../../src/domain/source.ts";
import { makeSource, post, startServer, type TestServer } from "../world/server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const KEY = new Uint8Array(32).fill(7);
const proving = SCHEMES.filter((scheme) => scheme !== "none");

function sample(scheme: SchemeName, url: string) {
  const [type = ""] = sampleTypes(scheme);
  const { signing: secret } = keysOf(schemes[scheme].secret, KEY);
  const made = sampleWebhook(scheme, type, { secret, url, nowMs: Date.now(), seed: "hostile" });
  if (made.kind !== "sample") throw new Error(`no sample of ${scheme}`);
  return { headers: made.headers, body: new Uint8Array(made.body) };
}

/** What may be done to a header that was right. */
const MALFORMED: Readonly<Record<string, (right: string) => string>> = {
  "nothing in it": () => "",
  "half of it": (right) => right.slice(0, right.length / 2),
  "from its end": (right) => [...right].reverse().join(""),
  "only what stands before the signature": (right) => right.replace(/[=, ].*$/, "$&").slice(0, 3),
  "eight thousand of the same": (right) => right.charAt(0).repeat(8_000),
  "eight thousand separators": () => ", ".repeat(4_000),
  "Latin-1 beyond ASCII": (right) => `${right.slice(0, -1)}\u00e9`,
  "a number beyond all": () => "9".repeat(400),
  "the name of a prototype": () => "__proto__",
};

test.each(proving)("%s: each header that proves, malformed in every way, is answered 401", async (scheme) => {
  const { given: secret } = keysOf(schemes[scheme].secret, KEY);
  const { url } = await makeSource(server, { slug: scheme, scheme, secret });
  const { headers, body } = sample(scheme, url);
  const proofs = Object.keys(
    schemes[scheme].sign({ headers: {}, body, url }, keysOf(schemes[scheme].secret, KEY).signing, 0),
  );
  for (const proof of proofs) {
    for (const [what, malform] of Object.entries(MALFORMED)) {
      const { status, body: answer } = await post(url, body, {
        ...headers,
        [proof]: malform(headers[proof] ?? ""),
      });
      expect([status, answer.ok], `${proof}: ${what}`).toEqual([401, false]);
      expect(JSON.stringify(answer)).not.toContain(secret);
    }
    const { [proof]: _, ...without } = headers;
    expect((await post(url, body, without)).status, `without ${proof}`).toBe(401);
  }
  expect((await post(url, body, headers)).status).toBeLessThan(300);
});
