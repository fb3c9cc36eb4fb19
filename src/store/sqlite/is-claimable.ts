/** Word for word the conditions of the indexes `events_order`, `events_kept` and `events_turns`, without which SQLite would not use them. */
import { CLAIMABLE } from "../../domain/event.ts";

/** It may be claimed, by whomever it is for. */
export const IS_CLAIMABLE = `state IN (${CLAIMABLE.map((state) => `'${state}'`).join(", ")})`;

/** It may be claimed, for whoever comes. */
export const IS_FOR_ANYBODY = `${IS_CLAIMABLE} AND kept_for IS NULL`;

/** It may be claimed for one session, while that is there. */
export const IS_KEPT = `${IS_CLAIMABLE} AND kept_for IS NOT NULL`;
