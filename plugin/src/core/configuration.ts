/** What the user has configured, already checked. */
export const DELIVERY_SETTINGS = ["auto", "channel", "wake", "pull"] as const;
export type DeliverySetting = (typeof DELIVERY_SETTINGS)[number];

export const JOIN_SETTINGS = ["interactive", "always", "never"] as const;
export type JoinSetting = (typeof JOIN_SETTINGS)[number];

export interface Configuration {
  /** The file it was read from. */
  path: string;
  remote: string;
  token: string;
  /** Certificates in PEM: with https nobody else is trusted. Without, what Node trusts. */
  ca?: string;
  /** The file that they are in, absolute. */
  caFile?: string;
  /** Tag of every session that nothing else gives one. */
  session: string | null;
  /** Project folder to tag. */
  projects: Record<string, string>;
  delivery: DeliverySetting;
  join: JoinSetting;
  /** False: it takes no part in messages between sessions, in either direction. */
  sessionMessaging: boolean;
  /** The user is told on his desktop of what comes. */
  notifications: boolean;
  /** Where state is kept, absolute. */
  stateFolder: string;
  /** Tells accounts apart in state files without naming a secret. */
  fingerprint: string;
  /** What is not as it should be but does not stop anything. */
  warnings: string[];
}

/** Where its server is, and how it is spoken to. */
export const targetOf = ({ remote, token, ca }: Configuration) =>
  ca === undefined ? { remote, token } : { remote, token, ca };
