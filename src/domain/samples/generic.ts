/** What in-house tools send: the type in the body's `type`, a delivery id in `X-Delivery-Id`. */
import type { MakeSample, SampleIds } from "./sample.ts";

const sample =
  (type: string, details: (ids: SampleIds) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: { "content-type": "application/json", "x-delivery-id": ids.uuid("delivery") },
    payload: { type, time: new Date(nowMs).toISOString(), ...details(ids) },
  });

export const genericSamples: Readonly<Record<string, MakeSample>> = {
  "deploy.finished": sample("deploy.finished", (ids) => ({
    service: "storefront",
    environment: "production",
    version: "2.7.0",
    commit: ids.hex("commit", 40),
    status: "succeeded",
    duration_seconds: 187,
    url: "https://deploys.example.com/storefront/2.7.0",
  })),
  "deploy.failed": sample("deploy.failed", (ids) => ({
    service: "storefront",
    environment: "production",
    version: "2.7.1",
    commit: ids.hex("commit", 40),
    status: "failed",
    step: "migrate",
    error: 'relation "voucher" does not exist',
  })),
  "alert.firing": sample("alert.firing", (ids) => ({
    alert: "HighErrorRate",
    severity: "critical",
    fingerprint: ids.hex("fingerprint", 16),
    summary: "5xx of storefront above 5 % for 10 minutes",
    value: 0.081,
    labels: { service: "storefront", region: "eu-west-1" },
    runbook: "https://runbooks.example.com/high-error-rate",
  })),
  "alert.resolved": sample("alert.resolved", (ids) => ({
    alert: "HighErrorRate",
    severity: "critical",
    fingerprint: ids.hex("fingerprint", 16),
    summary: "5xx of storefront back below 1 %",
    value: 0.004,
    labels: { service: "storefront", region: "eu-west-1" },
  })),
  "build.failed": sample("build.failed", (ids) => ({
    project: "storefront",
    branch: "main",
    build: ids.number("build", 5),
    commit: ids.hex("commit", 40),
    failed_step: "test",
    log_tail: "FAIL test/basket.test.ts > rounds to cents\nexpected 49 to be 49.01\n1 failed, 417 passed",
  })),
};
