/** The address of a webhook, read from a request's target. */
export interface Address {
  /** Both as they stand in the target, possibly percent-encoded. */
  profileId: string;
  slug: string;
}

/** A query means nothing here; a proxy may send the whole URL (RFC 9112, 3.2.2: a server must take it). */
const TARGET = /^(?:https?:\/\/[^/?#]*)?\/webhook\/([^/?#]+)\/([^/?#]+)\/?(?:[?#].*)?$/i;

/** Null: the target is no webhook's. */
export function addressOf(target: string): Address | null {
  const [, profileId, slug] = TARGET.exec(target) ?? [];
  return profileId === undefined || slug === undefined ? null : { profileId, slug };
}
