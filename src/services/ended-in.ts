/** `Store.ended`, of all lanes (null) or of these. */
import { type EventRecord, endedAt } from "../domain/event.ts";
import type { Lane } from "../domain/lane.ts";
import type { EndedFilter, Store } from "../domain/ports/store.ts";

export async function endedIn(
  store: Store,
  account: string,
  lanes: readonly Lane[] | null,
  filter: EndedFilter,
): Promise<EventRecord[]> {
  if (lanes === null) return store.ended(account, filter);
  const found = await Promise.all(lanes.map((lane) => store.ended(account, { ...filter, lane })));
  const sign = filter.order === "newest" ? -1 : 1;
  return found
    .flat()
    .sort((a, b) => sign * ((endedAt(a) ?? 0) - (endedAt(b) ?? 0) || a.seq - b.seq))
    .slice(0, filter.limit);
}
