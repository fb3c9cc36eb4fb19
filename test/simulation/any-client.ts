/** Some process of a client that runs at one of the seats, and fits. */
import type { Client } from "./client/client.ts";
import type { Seat } from "./client/seat.ts";
import type { World } from "./world.ts";

export function anyClient(
  world: World,
  seats: readonly Seat[],
  fits: (client: Client) => boolean = () => true,
): { client: Client; seat: Seat } | null {
  const all = seats.flatMap((seat) => seat.clients.map((client) => ({ client, seat })));
  const fitting = all.filter(({ client }) => fits(client));
  return fitting.length === 0 ? null : world.chance.of(fitting);
}
