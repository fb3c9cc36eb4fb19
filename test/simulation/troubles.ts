/** What goes wrong in a world, each by its name; a seed has its own choice of them, and its own pace. */

import { SignalboxError } from "../../src/domain/errors.ts";
import { anyClient } from "./any-client.ts";
import { CLAWBACK_TROUBLES } from "./clawback/troubles.ts";
import type { Client } from "./client/client.ts";
import { rogueComes } from "./client/rogue.ts";
import type { Seat } from "./client/seat.ts";
import { diskFails } from "./disk/fails.ts";
import { TAGS } from "./server/tenants.ts";
import { Life } from "./time/life.ts";
import { TOKEN_TROUBLES } from "./tokens/troubles.ts";
import type { World } from "./world.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** False: there was nothing to do it to. */
type Trouble = (world: World, seats: readonly Seat[]) => boolean;

export const TROUBLES = {
  "server killed": (world) => {
    world.server.kill(false, world.chance.around(4 * SECOND));
    return true;
  },
  "server's machine dies": (world) => {
    world.server.kill(true, world.chance.around(20 * SECOND));
    return true;
  },
  "server restarted": (world) => {
    world.server.restart(world.chance.around(2 * SECOND));
    return true;
  },
  "plugin killed": (world, seats) => {
    const found = anyClient(world, seats);
    if (found?.client.plugin == null || found.client.plugin.life.over) return false;
    found.client.plugin.life.end();
    world.time.after(world.chance.around(20 * SECOND), () => {
      found.client.quit();
      found.seat.start(world.chance.one(0.7));
    });
    return true;
  },
  "client killed": (world, seats) => {
    const found = anyClient(world, seats);
    if (found === null) return false;
    found.client.life.end();
    world.time.after(world.chance.around(10 * SECOND), () => found.seat.start(world.chance.one(0.6)));
    return true;
  },
  "client left and resumed": (world, seats) => {
    const found = anyClient(world, seats);
    if (found === null) return false;
    found.client.quit();
    world.time.after(world.chance.around(5 * SECOND), () => found.seat.start(world.chance.one(0.8)));
    return true;
  },
  "desk dies": (world, seats) => {
    const all = seats.flatMap(({ clients }) => clients);
    for (const { life } of all) life.end();
    world.desk.files.powerCut();
    for (const seat of seats) {
      world.time.after(world.chance.around(20 * SECOND), () => seat.start(world.chance.one(0.6)));
    }
    return all.length > 0;
  },
  "second process of a session": (world, seats) => {
    const seat = world.chance.of(seats);
    if (!seat.startSecond()) return false;
    world.time.after(world.chance.around(40 * SECOND), () => seat.endSecond());
    return true;
  },
  "link cut": (world) => withWire(world, (wire) => wire.cut("both")),
  "link half open to the server": (world) => withWire(world, (wire) => wire.cut("plugin")),
  "link half open to the plugin": (world) => withWire(world, (wire) => wire.cut("server")),
  "link frozen": (world) =>
    withWire(world, (wire) => {
      wire.freeze();
      const ms = world.chance.around(8 * SECOND);
      if (ms < 25 * SECOND) world.time.after(ms, () => wire.thaw());
      else world.time.after(30 * SECOND, () => wire.cut("both"));
    }),
  "old frames come again": ({ network }) => network.replays() > 0,
  "old frames are to come again as a stream begins": (world) =>
    world.ambush.lay("old frames came as a stream began", (seen) => {
      if (seen.kind !== "said" || seen.frame.case !== "welcome") return false;
      world.time.after(world.chance.between(0, 2 * SECOND), () => void world.network.replays());
      return true;
    }),
  "network swallows all": (world) => {
    if (world.network.blackHole) return false;
    world.network.blackHole = true;
    world.time.after(world.chance.around(10 * SECOND), () => {
      world.network.blackHole = false;
    });
    return true;
  },
  "network is slow": (world) => {
    if (world.network.slowness > 1) return false;
    world.network.slowness = world.chance.of([20, 200, 600]);
    world.time.after(world.chance.around(15 * SECOND), () => {
      world.network.slowness = 1;
    });
    return true;
  },
  "server's clock jumps": (world) => {
    world.server.setClock(jump(world));
    return true;
  },
  "desk's clock jumps": (world) => {
    world.desk.wall.offset += jump(world);
    return true;
  },
  "disk fails": (world) => {
    if (!diskFails(world, world.chance.around(6 * SECOND))) return false;
    // Nobody knows then what became of what the owner has asked for.
    if (world.chance.one(0.4)) world.operator.pauses();
    return true;
  },
  "disk is slow": (world) => {
    if (world.disk.slow) return false;
    world.disk.slow = true;
    world.server.clockIn();
    world.time.after(world.chance.around(10 * SECOND), () => {
      world.disk.slow = false;
      world.server.clockIn();
    });
    return true;
  },
  "desk's disk full": (world) => {
    if (world.desk.files.full) return false;
    world.desk.files.full = true;
    world.time.after(world.chance.around(10 * SECOND), () => {
      world.desk.files.full = false;
    });
    return true;
  },
  Esc: (world, seats) =>
    anyClient(world, seats, ({ conversation }) => conversation.busy)?.client.conversation.escape() ?? false,
  "user types": (world, seats) => {
    const found = anyClient(world, seats, ({ options }) => options.kind !== "other");
    found?.client.conversation.arrive({ origin: "user", text: "do this" });
    return found !== null;
  },
  "/clear": (world, seats) => {
    const found = anyClient(world, seats, ({ options }) => options.kind !== "other");
    void found?.client.conversation.clear();
    return found !== null;
  },
  "/compact": (world, seats) => {
    const found = anyClient(world, seats, ({ hooks }) => hooks);
    void found?.client.fire("SessionStart", { source: "compact" });
    return found !== null;
  },
  "waiter killed": (world, seats) => anyClient(world, seats)?.client.killWaiter() ?? false,
  "mood changes": (world, seats) => {
    const found = anyClient(world, seats);
    if (found === null) return false;
    world.setMood(
      found.client.options.name,
      world.chance.weighted({ good: 2, slow: 2, sloppy: 2, silent: 2, mute: 2 }),
    );
    return true;
  },
  "session changes its lane": (world, seats) => {
    const found = anyClient(world, seats);
    if (found === null) return false;
    found.client.tag = world.chance.of(TAGS);
    linksAgain(world, found.client);
    return true;
  },
  "session takes no messages any more, or again": (world, seats) => {
    const found = anyClient(world, seats);
    if (found === null) return false;
    found.client.messaging = !found.client.messaging;
    linksAgain(world, found.client);
    return true;
  },
  "events replayed": (world) => {
    const { chance, disk, server, tenants } = world;
    const up = server.up;
    if (up === null) return false;
    const tenant = chance.of(tenants);
    const mine = [...disk.rows.events.values()].filter(({ seen }) => seen.facts.account === tenant.id);
    const one = mine.length > 0 && chance.one(0.6) ? chance.of(mine).seen.facts.id : null;
    void new Life("operator", world.time, { offset: 0 }).ask(up.life, () =>
      up.replay(tenant.id, one).then(
        (count) => world.count("replayed", count),
        (error: unknown) => {
          if (!(error instanceof SignalboxError)) throw error;
        },
      ),
    );
    return true;
  },
  "owner changes a cron": (world) => world.owner.changesHisMind(),
  "a lane is paused": (world) => world.operator.pauses(),
  "a lane is to be paused as it moves": (world) =>
    world.ambush.lay("paused as it moved", (seen) => {
      if (seen.kind !== "read" || seen.got === 0) return false;
      const [what, account = "", lane = ""] = seen.what.split(" ");
      return what === "heads" && world.operator.pausesAt(account, lane);
    }),
  "server to be killed between two copies": (world) =>
    world.ambush.lay("killed between two copies", (seen) => {
      if (seen.kind !== "event" || seen.before !== null || seen.after.facts.details?.copies === undefined)
        return false;
      world.time.after(world.chance.between(0, 3), () =>
        world.server.kill(false, world.chance.around(4 * SECOND)),
      );
      return true;
    }),
  "a lane goes on": (world) => world.operator.goesOn(),
  "a lane is bounded": (world) => world.operator.bounds(),
  "a lane's policy changes": (world) => world.operator.changesPolicy(),
  ...TOKEN_TROUBLES,
  ...CLAWBACK_TROUBLES,
  "rogue plugin": (world) => {
    rogueComes(world);
    return true;
  },
} satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof TROUBLES;
export const TROUBLE_NAMES = Object.keys(TROUBLES) as TroubleName[];

/** What its configuration says counts from the next link on. */
function linksAgain({ network }: World, { plugin }: Client): void {
  for (const wire of network.openWires) if (wire.plugin.life === plugin?.life) wire.cut("both");
}

function withWire(world: World, act: (wire: Cuttable) => void): boolean {
  const { network } = world;
  const open: Cuttable[] = [...network.openWires, ...network.sockets.filter((socket) => socket.open)];
  if (open.length === 0) return false;
  act(world.chance.of(open));
  return true;
}

/** A stream of either kind of plugin. */
type Cuttable = Pick<World["network"]["wires"][number], "cut" | "freeze" | "thaw">;

/** Less than a second is drift, which nothing has to make up for. */
function jump({ chance }: World): number {
  const ms = chance.of([2 * SECOND, 30 * SECOND, 5 * MINUTE, 3 * 60 * MINUTE]) * chance.between(1, 2);
  return chance.one(0.5) ? ms : -ms;
}
