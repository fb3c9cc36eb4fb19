/** Word for word the conditions of the indexes `events_order` and `events_kept`, without which SQLite would not use them. */
import { CLAIMABLE } from "../../domain/event.ts";

const IS_CLAIMABLE = `state IN (${CLAIMABLE.map((state) => `'${state}'`).join(", ")})`;

/** It may be claimed, for whoever comes. */
export const IS_FOR_ANYBODY = `${IS_CLAIMABLE} AND kept_for IS NULL`;

/** It may be claimed for one session, while that is there. */
export const IS_KEPT = `${IS_CLAIMABLE} AND kept_for IS NOT NULL`;
