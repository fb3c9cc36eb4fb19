/**
 * What verification costs, for each scheme that verifies: one right request on its own, of what its provider sends, and how many wrong
 * ones a server refuses in a second, each with a signature that is well made, by somebody who doesn't have the secret.
 */
import { join } from "node:path";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { webhookRequest } from "../../src/domain/payload.ts";
import { sampleTypes, sampleWebhook } from "../../src/domain/samples/sample.ts";
import { keysOf, schemes as known } from "../../src/domain/schemes/index.ts";
import { SCHEMES, type SchemeName } from "../../src/domain/source.ts";
import type { Suite } from "../suite.ts";
import { startLoad } from "../world/load.ts";
import { type BenchServer, startServer } from "../world/server.ts";

const CONNECTIONS = 64;
const REJECT_MS = 200;
const VERIFY_MS = 20;
const URL = "https://hooks.example.org/webhook/p_1/bench";
const KEY = new Uint8Array(32).fill(7);

const proving = SCHEMES.filter((scheme) => scheme !== "none");

export const schemes: Suite = {
  name: "schemes",
  goals: {},

  async prepare({ quick, folder }) {
    const server = await startServer(join(folder, "schemes"));
    const load = startLoad();
    const measured = quick ? proving.slice(0, 2) : proving;
    const sources = new Map<SchemeName, string>();
    for (const scheme of measured) sources.set(scheme, await makeSource(server, scheme));
    for (const scheme of measured) verifyUs(scheme);

    return {
      async round() {
        const figures: Record<string, number> = {};
        for (const [scheme, url] of sources) {
          const order = { url, sent: { forged: scheme }, connections: CONNECTIONS, bodyBytes: 0 };
          const { perSecond } = await load.run({ ...order, ms: quick ? 50 : REJECT_MS });
          figures[`${scheme}.verifyUs`] = verifyUs(scheme);
          figures[`${scheme}.rejectsPerSecond`] = perSecond;
        }
        return figures;
      },
      async close() {
        await load.close();
        await server.stop();
      },
    };
  },
};

async function makeSource({ control }: BenchServer, scheme: SchemeName): Promise<string> {
  const { given: secret } = keysOf(known[scheme].secret, KEY);
  const asked = { slug: scheme, scheme, secret };
  const { source } = await control.call(ControlService.method.createSource, asked);
  return source?.url ?? "";
}

/** One after the other, for a moment. Each request is new, so that nothing of the last one is known. */
function verifyUs(name: SchemeName): number {
  const scheme = known[name];
  const { signing: secret, given } = keysOf(scheme.secret, KEY);
  const [type = ""] = sampleTypes(name);
  const now = Date.now();
  const sample = sampleWebhook(name, type, { secret, url: URL, nowMs: now, seed: "bench" });
  if (sample.kind !== "sample") throw new Error(`there is no sample of ${name}`);
  const { headers, body } = sample;
  const source = { secrets: [given], url: URL, options: null };
  const startedAt = performance.now();
  let times = 0;
  for (; performance.now() - startedAt < VERIFY_MS; times++) {
    const { kind } = scheme.verify(webhookRequest(headers, body), source, now);
    if (kind !== "verified") throw new Error(`${name} does not verify its own sample`);
  }
  return ((performance.now() - startedAt) * 1_000) / times;
}
