/** One user's isolated world. Promise 9: nothing crosses an account. */
export interface Account {
  id: string;
  /** Public, in webhook URLs. */
  profileId: string;
  label: string;
  /**
   * Whose it is elsewhere, as who vouches for him names him, never by a name that somebody else could have tomorrow:
   * `github.com:583231`, host and numeric id. Null: it is the server's own.
   */
  identity: string | null;
  createdAt: number;
}

/** Lets whoever shows it have one connection token, once, and soon. As stored: never the code itself (promise 10). */
export interface SignInCode {
  /** SHA-256 of the code, hex. It has 124 random bits, so that no slow hash is needed. */
  hash: string;
  account: string;
  /** Of the token that it is good for. */
  label: string;
  createdAt: number;
  expiresAt: number;
}

/** A connection token as stored: never the token itself. Promise 10. */
export interface Token {
  id: string;
  account: string;
  label: string;
  /** SHA-256 of the token, hex. The token has 160 random bits, so that no slow hash is needed. */
  hash: string;
  /** `admin` is the one of the data folder: it can be neither rotated nor revoked. */
  role: "session" | "admin";
  /** Tags it may serve; null: every lane, the untagged one included. */
  tags: string[] | null;
  createdAt: number;
  lastSeenAt: number | null;
  /** The token whose place this one takes when it is first used: until then both are good. Null: none, or it has. */
  replaces: string | null;
}
