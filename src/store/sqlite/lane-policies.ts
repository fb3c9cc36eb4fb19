/**
 * Stores what is said of a lane, and has what waits there sorted where its policy becomes round robin: the first of it in the same
 * commit, which is all for most lanes, the rest beside what else goes on. A server that begins finds what another has left.
 */
import { SignalboxError } from "../../domain/errors.ts";
import type { LaneSettings } from "../../domain/lane-settings.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { laneSettings } from "./lane-settings.ts";
import type { Reached, turnSorting } from "./turn-sorting.ts";
import type { TurnLane, turnLanes } from "./turns.ts";

/** A disk that fails is tried again after so long. */
const REST_MS = 1_000;

export function lanePolicies(
  group: GroupCommit,
  settings: ReturnType<typeof laneSettings>,
  lanes: ReturnType<typeof turnLanes>,
  sorting: ReturnType<typeof turnSorting>,
) {
  let running = false;

  function begin(): void {
    if (running) return;
    running = true;
    sortAll().then(
      () => {
        running = false;
      },
      (error: unknown) => {
        running = false;
        if (!isClosed(error)) setTimeout(begin, REST_MS).unref();
      },
    );
  }

  async function sortAll(): Promise<void> {
    for (let lane = lanes.unsorted(); lane !== undefined; lane = lanes.unsorted()) await sort(lane);
  }

  /** Given up where something else was said of the lane meanwhile: it is begun anew then. */
  async function sort(lane: TurnLane): Promise<void> {
    for (let at: Reached | null | undefined; at !== null && lanes.unsorted() === lane; ) {
      const from = at;
      at = await group.run(() => sorting.some(lane, from));
    }
  }

  return {
    begin,

    async put(said: LaneSettings): Promise<void> {
      await group.run(() => {
        settings.put(said);
        const { account, lane } = said;
        if (lanes.said(said)) sorting.some({ account, lane });
      });
      begin();
    },
  };
}

const isClosed = (error: unknown): boolean =>
  error instanceof SignalboxError && error.code === "store_closed";
