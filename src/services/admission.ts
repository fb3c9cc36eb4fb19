/**
 * A new event comes into its lane where that has room. One that the store knows takes none, and its sender is told the first one's
 * id however full the lane is by now (promise 6): he would send it again and again, or give up what was stored long ago.
 */
import type { Host } from "../actors/host.ts";
import type { NewEvent } from "../actors/store-new.ts";
import type { Store, WriteResult } from "../domain/ports/store.ts";
import type { LaneRoom } from "./lanes.ts";

interface AdmissionParts {
  lanes: LaneRoom;
  host: Host;
  store: Store;
}

/** Throws `SignalboxError` (full, `lane_full`). */
export async function admit({ lanes, host, store }: AdmissionParts, event: NewEvent): Promise<WriteResult> {
  const { account, lane, sourceId, deliveryId } = event.stepped.record.facts;
  if (await lanes.hasRoom(account, lane)) return host.append(event);
  const known = deliveryId === null ? null : await store.known(account, sourceId, deliveryId);
  if (known === null) throw await lanes.refusal(account, lane);
  return { kind: "duplicate", ...known };
}
