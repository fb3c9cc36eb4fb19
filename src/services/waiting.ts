/** How many events wait in a lane, as sessions and people are told: counted no further than they want to know. */
import type { Lane } from "../domain/lane.ts";
import type { Store } from "../domain/ports/store.ts";
import type { Waiting } from "../domain/reading/words.ts";

const MOST_COUNTED = 100;

export async function waitingIn(store: Store, account: string, lane: Lane): Promise<Waiting> {
  const count = await store.waiting(account, lane, MOST_COUNTED + 1);
  return { count: Math.min(count, MOST_COUNTED), more: count > MOST_COUNTED };
}
