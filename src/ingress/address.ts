/** The address of a webhook, read from a request's target. */
export interface Address {
  /** Both as they stand in the target, possibly percent-encoded. */
  profileId: string;
  slug: string;
}

/** A query names no webhook (one scheme signs it); a proxy may send the whole URL (RFC 9112, 3.2.2: a server must take it). */
const TARGET = /^(?:https?:\/\/[^/?#]*)?\/webhook\/([^/?#]+)\/([^/?#]+)\/?(?:[?#].*)?$/i;

/** Null: the target is no webhook's. */
export function addressOf(target: string): Address | null {
  const [, profileId, slug] = TARGET.exec(target) ?? [];
  return profileId === undefined || slug === undefined ? null : { profileId, slug };
}

/** The target's query with its `?`, as it was sent; empty: it has none. */
export const queryOf = (target: string): string => /\?[^#]*/.exec(target)?.[0] ?? "";
