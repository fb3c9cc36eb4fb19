/** Every scheme by the name that a source gives it. */
import type { SchemeName } from "../source.ts";
import { generic } from "./generic.ts";
import { github } from "./github.ts";
import { none } from "./none.ts";
import type { Scheme } from "./scheme.ts";
import { stripe } from "./stripe.ts";

export const schemes: Readonly<Record<SchemeName, Scheme>> = { github, stripe, generic, none };

export { type Received, receive } from "./receive.ts";
export type { Refusal, Scheme, SecretPolicy, Verification } from "./scheme.ts";
