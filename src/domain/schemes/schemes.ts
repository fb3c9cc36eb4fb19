/** Every scheme by the name that a source gives it. */
import type { SchemeName } from "../source.ts";
import { basic } from "./basic.ts";
import { bearer } from "./bearer.ts";
import { bitbucket } from "./bitbucket.ts";
import { discord } from "./discord.ts";
import { generic } from "./generic.ts";
import { github } from "./github.ts";
import { gitlab } from "./gitlab.ts";
import { linear } from "./linear.ts";
import { none } from "./none.ts";
import { pagerduty } from "./pagerduty.ts";
import type { Scheme } from "./scheme.ts";
import { sentry } from "./sentry.ts";
import { shopify } from "./shopify.ts";
import { slack } from "./slack.ts";
import { standard } from "./standard.ts";
import { stripe } from "./stripe.ts";
import { telegram } from "./telegram.ts";
import { twilio } from "./twilio.ts";
import { zoom } from "./zoom.ts";

export const schemes: Readonly<Record<SchemeName, Scheme>> = {
  github,
  stripe,
  generic,
  none,
  standard,
  slack,
  shopify,
  gitlab,
  linear,
  sentry,
  pagerduty,
  bitbucket,
  discord,
  telegram,
  zoom,
  twilio,
  bearer,
  basic,
};
