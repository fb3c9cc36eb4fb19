/** Verification: what stands outside of this folder needs no more of it. */
export type { Answer } from "./answer.ts";
export { requireFitting } from "./fitting.ts";
export { type Received, receive } from "./receive.ts";
export type { Refusal } from "./refusals.ts";
export type { Scheme, Terms, Unsigned, Verification } from "./scheme.ts";
export { schemes } from "./schemes.ts";
export { keysOf, type SecretRule } from "./secret-rule.ts";
