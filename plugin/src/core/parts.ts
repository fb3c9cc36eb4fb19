/** The plugin's parts, put together once: hooks, tools and frames each use those that they need. */

import type { Arrival } from "./arrival.ts";
import type { DeadToken } from "./dead-token.ts";
import type { Filling } from "./filling.ts";
import type { Hand } from "./hand.ts";
import type { Journal } from "./journal.ts";
import type { Link } from "./link.ts";
import type { Membership } from "./membership.ts";
import type { Notices } from "./notices.ts";
import type { OrphanWatch } from "./orphan-watch.ts";
import type { Outbox } from "./outbox.ts";
import type { Log } from "./ports/log.ts";
import type { TokenKeeping } from "./ports/token-keeping.ts";
import type { Transport } from "./ports/transport.ts";
import type { Presence } from "./presence.ts";
import type { Sending } from "./sending.ts";
import type { Showing } from "./showing.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Takers } from "./takers.ts";
import type { Turn } from "./turn.ts";
import type { Ways } from "./ways.ts";

export interface Parts {
  surroundings: Surroundings;
  journal: Journal;
  membership: Membership;
  hand: Hand;
  outbox: Outbox;
  orphans: OrphanWatch;
  turn: Turn;
  ways: Ways;
  takers: Takers;
  arrival: Arrival;
  showing: Showing;
  notices: Notices;
  filling: Filling;
  presence: Presence;
  sending: Sending;
  link: Link;
  transport: Transport;
  tokenKeeping: TokenKeeping;
  deadToken: DeadToken;
  log: Log;
}
