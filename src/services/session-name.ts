/** How a session is called here: by its client's session id, and by one of its own where another live process has that. */
import type { Store } from "../domain/ports/store.ts";
import type { SessionRecord } from "../domain/session.ts";

/** What a plugin calls itself. */
export interface SessionFace {
  /** The client's session id. */
  session: string;
  instance: string;
}

/** Of a second process with the same session id, while the first one answers. */
export const secondName = (session: string, instance: string): string => `${session}~${instance.slice(0, 8)}`;

/** The session that this very process is; null: it has never been let in, or another process is that session by now. */
export async function sessionOf(
  store: Store,
  account: string,
  { session, instance }: SessionFace,
): Promise<SessionRecord | null> {
  for (const id of [secondName(session, instance), session]) {
    const record = await store.session(account, id);
    if (record?.actor.context.instance === instance) return record;
  }
  return null;
}
