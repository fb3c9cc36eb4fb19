/** One user's isolated world. Promise 9: nothing crosses an account. */
export interface Account {
  id: string;
  /** Public, in webhook URLs. */
  profileId: string;
  label: string;
  createdAt: number;
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
