/** Word for word the condition of the index `events_order`, without which SQLite would not use it. */
import { CLAIMABLE } from "../../domain/event.ts";

export const IS_CLAIMABLE = `state IN (${CLAIMABLE.map((state) => `'${state}'`).join(", ")})`;
