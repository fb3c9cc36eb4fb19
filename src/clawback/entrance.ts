/** Lets a client in: its token, its lane, and the session that it is. */
import type { Asker } from "../api/control-service.ts";
import type { Doorkeeper } from "../auth/doorkeeper.ts";
import { Tag } from "../domain/grammar.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { Store } from "../domain/ports/store.ts";
import type { PluginLink, Presence } from "../services/live-session.ts";
import type { Reception, Welcomed } from "../services/reception.ts";
import type { TokenHolder } from "../services/token-holders.ts";
import { requireLane } from "../services/token-reach.ts";
import { notAccepted } from "../services/token-trouble.ts";
import type { Tokens } from "../services/tokens.ts";
import type { Auth } from "./frames.ts";
import { badTag } from "./refusals.ts";
import { CLIENT, type Seat, type Seats } from "./seats.ts";

/** It shows what it is given at once and tells nothing of its session, so an interrupt can only come next. */
export const IDLE: Presence = {
  busy: false,
  waiter: false,
  hooks: false,
  toolRunning: false,
  ready: true,
  interruptible: false,
  way: "channel",
};

interface EntranceParts {
  store: Store;
  tokens: Tokens;
  doorkeeper: Doorkeeper;
  seats: Seats;
  reception: Reception;
}

interface Newcomer {
  link: PluginLink & TokenHolder;
  /** Address and port. */
  peer: string;
  /** Its token is known. */
  onTrusted: () => void;
}

/** Throws `SignalboxError`. */
export async function letIn(
  { store, tokens, doorkeeper, seats, reception }: EntranceParts,
  { token: secret, sessionTag }: Auth,
  { link, peer, onTrusted }: Newcomer,
): Promise<{ asker: Asker; welcomed: Welcomed; seat: Seat }> {
  const token = await doorkeeper.letIn(peer, secret, () => tokens.hold(secret, link));
  const account = await store.account(token.account);
  if (account === null) throw notAccepted();
  onTrusted();
  const tag = sessionTag ? Tag.safeParse(sessionTag) : null;
  if (tag?.success === false) throw badTag();
  const lane = laneOfTag(tag?.data);
  requireLane(token, lane);
  return seats.take(token, lane, async (seat) => {
    const { session, instance, inHand } = seat;
    const face = { client: CLIENT, entrypoint: "ws", project: "", pluginVersion: "", messaging: true };
    const intro = { account: account.id, session, instance, lane, ...face, token: token.id, inHand };
    const welcomed = await reception.connect({ ...intro, unconfirmed: [], presence: IDLE }, link);
    return { asker: { account, token }, welcomed, seat };
  });
}
