/** What befalls those who have Clawback's plugin. */
import type { World } from "../world.ts";
import type { ClawbackSeat } from "./seat.ts";

const someSeat = (world: World): ClawbackSeat | null =>
  world.clawbacks.length === 0 ? null : world.chance.of(world.clawbacks);

export const CLAWBACK_TROUBLES = {
  "clawback's plugin killed": (world: World) => someSeat(world)?.crash() ?? false,
  "clawback's plugin left": (world: World) => someSeat(world)?.leave() ?? false,
  "clawback's plugin is offline": (world: World) =>
    someSeat(world)?.plugin?.isOffline(world.chance.between(10_000, 240_000), world.chance.one(0.5)) ?? false,
  "clawback's plugin acks again": (world: World) => someSeat(world)?.plugin?.acksAgain() ?? false,
  "clawback's plugin asks": (world: World) => someSeat(world)?.plugin?.asks() ?? false,
};
