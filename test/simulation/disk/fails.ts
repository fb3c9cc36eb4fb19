/** The server's disk fails for a while: now and then, or always. False: it does already, or all is to be well. */
import type { World } from "../world.ts";

export function diskFails(world: World, forMs: number): boolean {
  if (world.disk.failing !== "nothing" || world.healed) return false;
  world.disk.failing = world.chance.of(["some", "all"]);
  world.server.clockIn();
  world.time.after(forMs, () => {
    world.disk.failing = "nothing";
    world.server.clockIn();
  });
  return true;
}
