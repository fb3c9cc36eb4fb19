/** What came of asking GitHub who somebody is. */

export type Identified =
  | { kind: "identified"; identity: string; label: string }
  /** For the log alone: outside nobody is told which. `detail` is in our own words, and never in those of whoever answered. */
  | { kind: "refused"; reason: RefusalReason; detail?: string };

export type RefusalReason =
  /** The person said no, or GitHub did for him. */
  | "denied"
  /** The callback is not the answer to what this browser has begun. */
  | "wrong_state"
  /** GitHub does not know the code that it is said to have given, or not with this verifier, secret or callback URL. */
  | "code_refused"
  /** It did not answer, not in time, or not in its own way. */
  | "github_failed"
  /** On none of the lists. */
  | "not_allowed"
  /** The same, and memberships could not be looked at: the app was not granted it. */
  | "scope_missing";

export const refused = (reason: RefusalReason, detail?: string): Identified =>
  detail === undefined ? { kind: "refused", reason } : { kind: "refused", reason, detail };
