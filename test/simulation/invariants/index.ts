/** The promises that the simulation holds the code to. */

import { cronsAreStored } from "./01-crons.ts";
import { storedBeforeAccepted } from "./01-stored.ts";
import { oneAtATime } from "./02-one-at-a-time.ts";
import { inOrder } from "./03-in-order.ts";
import { inTurn } from "./03-in-turn.ts";
import { interrupts } from "./03-interrupts.ts";
import { paused } from "./03-paused.ts";
import { served } from "./03-served.ts";
import { ackedOnce } from "./04-acked-once.ts";
import { superseded } from "./04-superseded.ts";
import { resumption } from "./05-resumption.ts";
import { cronsFireOnce } from "./06-crons.ts";
import { knownDeliveries } from "./06-known-deliveries.ts";
import { replaysOnce } from "./06-replays.ts";
import { cronsKeepTime } from "./07-crons.ts";
import { deadlines } from "./07-deadlines.ts";
import { ownTimes } from "./07-own-times.ts";
import { retention } from "./07-retention.ts";
import { memory } from "./08-memory.ts";
import { messages } from "./09-messages.ts";
import { tokens } from "./09-tokens.ts";
import { walls } from "./09-walls.ts";
import { secretsStaySecret } from "./10-secrets.ts";
import { machines } from "./11-machines.ts";
import { boundary } from "./12-boundary.ts";
import { connectedIsNotAble } from "./13-able.ts";
import { clawback } from "./14-clawback.ts";
import { silenceIsNotSuccess } from "./14-silence.ts";
import type { MakeInvariant } from "./invariant.ts";

export const INVARIANTS: readonly MakeInvariant[] = [
  storedBeforeAccepted,
  cronsAreStored,
  oneAtATime,
  inOrder,
  inTurn,
  interrupts,
  paused,
  served,
  ackedOnce,
  superseded,
  resumption,
  knownDeliveries,
  replaysOnce,
  cronsFireOnce,
  deadlines,
  cronsKeepTime,
  retention,
  ownTimes,
  memory,
  walls,
  tokens,
  messages,
  secretsStaySecret,
  machines,
  boundary,
  connectedIsNotAble,
  silenceIsNotSuccess,
  clawback,
];
