/** Who makes up a source's secret, and what it looks like: a wrong one is better refused than waited with. */

interface Shape {
  pattern: RegExp;
  /** What is right, after "takes". */
  words: string;
}

export interface SecretRule {
  /**
   * `owner`: a source made without one gets one, shown once, to be pasted at the provider. `provider`: until the source has the
   * provider's, every request is refused.
   */
  readonly from: "owner" | "provider" | "nobody";
  /** Undefined: any text. */
  readonly shape?: Shape;
  /** What signs, of 32 random bytes. */
  make(bytes: Uint8Array): string;
  /** What the source is given of it, where that is not the same: a public key. */
  publicOf?(signing: string): string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

export const chosenByOwner = (shape?: Shape, make = hex): SecretRule => ({
  from: "owner",
  make,
  ...(shape && { shape }),
});

export const givenByProvider = (shape?: Shape, make = hex): SecretRule => ({
  from: "provider",
  make,
  ...(shape && { shape }),
});

export const NO_SECRET: SecretRule = {
  from: "nobody",
  shape: {
    pattern: /^(?!)/,
    words: "none, because nothing is verified: leave it out, or choose another type",
  },
  make: () => "",
};

/** What can stand in a header, without the spaces that come along when it is copied. */
export const HEADER_TEXT: Shape = {
  pattern: /^[\x21-\x7e]+$/,
  words: "printable ASCII without spaces",
};

/** Of Standard Webhooks. */
export const WHSEC: Shape = {
  pattern: /^whsec_(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  words: "whsec_ and base64 after it, as the provider shows it",
};
export const makeWhsec = (bytes: Uint8Array): string => `whsec_${Buffer.from(bytes).toString("base64")}`;

/** A pair of a scheme's kind: what signs, and what a source of that scheme is given. */
export function keysOf(
  { make, publicOf }: SecretRule,
  bytes: Uint8Array,
): { signing: string; given: string } {
  const signing = make(bytes);
  return { signing, given: publicOf?.(signing) ?? signing };
}
