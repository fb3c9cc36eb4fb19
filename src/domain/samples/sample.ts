/**
 * Realistic webhooks for `trigger`, the demo and tests, signed by the scheme's own `sign`, so that they take the same way
 * in as the provider's. Pure: ids come from a seed, time from the caller.
 */
import { createHash } from "node:crypto";
import { schemes } from "../schemes/index.ts";
import type { SchemeName } from "../source.ts";
import { bitbucketSamples } from "./bitbucket.ts";
import { discordSamples } from "./discord.ts";
import { genericSamples } from "./generic.ts";
import { githubSamples } from "./github.ts";
import { gitlabSamples } from "./gitlab.ts";
import { linearSamples } from "./linear.ts";
import { pagerdutySamples } from "./pagerduty.ts";
import { sentrySamples } from "./sentry.ts";
import { shopifySamples } from "./shopify.ts";
import { slackSamples } from "./slack.ts";
import { standardSamples } from "./standard.ts";
import { stripeSamples } from "./stripe.ts";
import { telegramSamples } from "./telegram.ts";
import { twilioSamples } from "./twilio.ts";
import { zoomSamples } from "./zoom.ts";

/** What one sample says, before it is signed; `payload` is sent as JSON. */
export type SampleRequest = {
  /** Lower-case names; the signature is added. */
  headers: Record<string, string>;
} & ({ payload: object } | { form: Record<string, string> });

export type MakeSample = (ids: SampleIds, nowMs: number) => SampleRequest;

/** Ids that look like the provider's, the same for the same seed. */
export interface SampleIds {
  /** At most 64 digits. */
  hex(name: string, length: number): string;
  /** Has so many decimal digits. */
  number(name: string, digits: number): number;
  uuid(name: string): string;
}

export interface SampleOptions {
  /** What signs: the source's secret, or, of a scheme with two keys, the private one. Ignored by scheme `none`. */
  secret: string;
  nowMs: number;
  /** Where it is sent to. Some schemes sign it. */
  url?: string;
  /** Another seed gives another delivery: other ids, another delivery id. */
  seed: string;
}

export type Sample =
  | { kind: "sample"; headers: Record<string, string>; body: Buffer }
  /** `known`: what there is for the scheme. */
  | { kind: "unknown_type"; known: string[] };

const SAMPLES: Readonly<Record<SchemeName, Readonly<Record<string, MakeSample>>>> = {
  github: githubSamples,
  stripe: stripeSamples,
  generic: genericSamples,
  none: genericSamples,
  standard: standardSamples,
  slack: slackSamples,
  shopify: shopifySamples,
  gitlab: gitlabSamples,
  linear: linearSamples,
  sentry: sentrySamples,
  pagerduty: pagerdutySamples,
  bitbucket: bitbucketSamples,
  discord: discordSamples,
  telegram: telegramSamples,
  zoom: zoomSamples,
  twilio: twilioSamples,
  bearer: genericSamples,
  basic: genericSamples,
};

/** The types that have a sample, in the order in which to show them. */
export const sampleTypes = (scheme: SchemeName): string[] => Object.keys(SAMPLES[scheme]);

export function sampleWebhook(scheme: SchemeName, type: string, options: SampleOptions): Sample {
  const make = Object.hasOwn(SAMPLES[scheme], type) ? SAMPLES[scheme][type] : undefined;
  if (make === undefined) return { kind: "unknown_type", known: sampleTypes(scheme) };
  const { secret, nowMs, url = "", seed } = options;
  const made = make(idsOf(`${scheme} ${type} ${seed}`), nowMs);
  const { headers } = made;
  const body = Buffer.from(
    "form" in made ? new URLSearchParams(made.form).toString() : JSON.stringify(made.payload),
  );
  const signature = schemes[scheme].sign({ headers, body, url }, secret, nowMs);
  return { kind: "sample", headers: { ...headers, ...signature }, body };
}

function idsOf(seed: string): SampleIds {
  const digest = (name: string) => createHash("sha256").update(`${seed} ${name}`).digest("hex");
  const hex = (name: string, length: number) => digest(name).slice(0, length);
  const number = (name: string, digits: number) =>
    10 ** (digits - 1) + (Number.parseInt(hex(name, 12), 16) % (9 * 10 ** (digits - 1)));
  const uuid = (name: string) => hex(name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { hex, number, uuid };
}
