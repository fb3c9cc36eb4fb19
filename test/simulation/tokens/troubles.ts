/** What befalls tokens, and those who change them. */
import { tokenOf } from "../account-of.ts";
import { anyClient } from "../any-client.ts";
import type { Seat } from "../client/seat.ts";
import { diskFails } from "../disk/fails.ts";
import type { Happening } from "../happening.ts";
import type { World } from "../world.ts";

const SECOND = 1_000;

export const TOKEN_TROUBLES = {
  "a token is rotated": (world: World) => world.keeper.rotates(),
  "a session rotates its token": (world: World, seats: readonly Seat[]) => {
    const found = anyClient(world, seats, ({ plugin }) => plugin !== null && !plugin.life.over);
    return found !== null && world.keeper.hasItRotated(found.client);
  },
  "a token is revoked": (world: World) => world.keeper.revokes(),
  "a token is revoked while it is rotated": (world: World) => world.keeper.rotatesAndRevokes(),
  "server to be killed as tokens change": (world: World) =>
    world.ambush.lay("killed as tokens changed", (seen) => {
      if (!changesTokens(world, seen)) return false;
      world.time.after(world.chance.between(0, 4), () =>
        world.server.kill(false, world.chance.around(4 * SECOND)),
      );
      return true;
    }),
  "disk to fail as tokens change": (world: World) =>
    world.ambush.lay("disk failed as tokens changed", (seen) => {
      if (!changesTokens(world, seen)) return false;
      world.time.after(world.chance.between(0, 4), () => diskFails(world, world.chance.around(SECOND)));
      return true;
    }),
};

/** Somebody asks for it, or shows for the first time what is to take another's place. */
function changesTokens({ disk }: World, seen: Happening): boolean {
  if (seen.kind === "calls") return /^(Rotate|Revoke)Token$/.test(seen.call.method);
  if (seen.kind !== "heard" || seen.frame.case !== "hello") return false;
  const token = tokenOf(seen.wire, disk.rows.tokens);
  return token?.replaces != null;
}
