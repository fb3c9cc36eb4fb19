/**
 * A plugin that lies: with a token of one account it acks events of the other, and forges delivery numbers; or it comes
 * with no good token at all. Nothing that it says may change anything.
 */
import { create } from "@bufbuild/protobuf";
import { ConnectRequestSchema, Outcome } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { Life } from "../time/life.ts";
import type { World } from "../world.ts";

const STAYS_MS = 15_000;
/** No event of a run is handed over so often. */
const FORGED_DELIVERY = 900;

export function rogueComes(world: World): void {
  const { chance, network, time, tenants } = world;
  const [mine, theirs] = chance.shuffled(tenants);
  if (mine === undefined || theirs === undefined) return;
  const life = new Life("rogue", time, { offset: 0 });
  const token = chance.weighted({ good: 4, none: 1, wrong: 1 });
  const { secret } = world.keeper.keyring.of(mine.id, "rogue");
  const stream = network.open(life, { good: secret, none: null, wrong: `${secret}x` }[token]);
  stream.listen({ onFrame: () => {}, onEnd: () => life.end() });
  const say = (frame: Parameters<typeof create<typeof ConnectRequestSchema>>[1]) =>
    stream.send(create(ConnectRequestSchema, frame));
  const events = [...world.disk.rows.events.values()].map(({ seen }) => seen);
  const foreign = events
    .filter(({ facts }) => facts.account === theirs.id)
    .map(({ facts, actor }) => ({ eventId: facts.id, delivery: Math.max(1, actor.context.delivery) }));
  const forged = events
    .filter(({ facts }) => facts.account === mine.id)
    .map(({ facts }) => ({ eventId: facts.id, delivery: FORGED_DELIVERY }));
  const acks = chance
    .shuffled([...foreign, ...forged])
    .slice(0, 6)
    .map((of) => ({ of, outcome: Outcome.DONE, summary: "a lie" }));
  const session = `rogue-${chance.whole(1, 3)}`;
  const tag = chance.one(0.5) ? "deploys" : "";
  say({
    frame: {
      case: "hello",
      value: {
        protocol: 1,
        session,
        instance: `rogue-${chance.whole(1, 2)}-00000000`,
        tag,
        unconfirmed: acks.slice(0, 3),
      },
    },
  });
  for (const ack of acks.slice(3)) {
    life.after(chance.between(0, 2_000), () => {
      say({ frame: { case: "ack", value: ack } });
      say({ frame: { case: "surfaced", value: { of: ack.of, way: 1 } } });
      say({ frame: { case: "taken", value: { of: ack.of } } });
      say({ frame: { case: "extend", value: { of: ack.of, seconds: 86_400, waitingFor: "" } } });
      say({ frame: { case: "presence", value: { turnLost: 1, lost: ack.of } } });
    });
  }
  if (chance.one(0.2)) life.after(chance.between(0, 3_000), () => say({ frame: { case: undefined } }));
  life.after(STAYS_MS, () => {
    stream.end();
    life.after(1_000, () => life.end());
  });
}
