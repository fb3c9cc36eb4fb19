/**
 * The whole server without its edges: give it a store, a clock, randomness and keys, and it lives. The process gives it
 * the real ones (`main.ts`); a simulation gives it a world of its own.
 */
import { Alarm } from "./actors/alarm.ts";
import { Host, type HostParts } from "./actors/host.ts";
import { Inspection } from "./actors/inspection.ts";
import { revive } from "./actors/revival.ts";
import { Spans } from "./actors/spans.ts";
import { Doorkeeper, RATES, type Rates } from "./auth/doorkeeper.ts";
import type { Cipher } from "./config/cipher.ts";
import type { Account } from "./domain/account.ts";
import { idFactory, type NewId } from "./domain/ids.ts";
import type { Limits } from "./domain/machines/limits.ts";
import type { Clock } from "./domain/ports/clock.ts";
import type { Random } from "./domain/ports/random.ts";
import type { Store } from "./domain/ports/store.ts";
import { localAccount } from "./services/accounts.ts";
import { Crons } from "./services/crons.ts";
import { Deliveries } from "./services/deliveries.ts";
import { Events } from "./services/events.ts";
import { CronFiring } from "./services/firing.ts";
import { History } from "./services/history.ts";
import { Lanes } from "./services/lanes.ts";
import type { Log } from "./services/log.ts";
import { Messages } from "./services/messages.ts";
import { Reception } from "./services/reception.ts";
import { Replays } from "./services/replays.ts";
import { type Keeping, Retention } from "./services/retention.ts";
import { SessionRoster } from "./services/roster.ts";
import { Sessions } from "./services/sessions.ts";
import { SignIns } from "./services/sign-ins.ts";
import { Sources } from "./services/sources.ts";
import { Tokens } from "./services/tokens.ts";

export interface World {
  store: Store;
  clock: Clock;
  random: Random;
  cipher: Cipher;
  log: Log;
  limits: Limits;
  keeping: Keeping;
  /** Where providers reach the webhooks; asked late, because a port may be chosen by the system. */
  publicUrl: () => string;
  /** Of crons whose owner names none. */
  timezone: string;
  /** Default: `RATES`. */
  rates?: Rates;
}

export interface Signalbox {
  account: Account;
  /** The account was made just now. */
  firstStart: boolean;
  /** What it has found is stored as it is now; rejects where it can't be, and then nothing can. Links may be taken before. */
  awake: Promise<void>;
  newId: NewId;
  host: Host;
  inspection: Inspection;
  roster: SessionRoster;
  lanes: Lanes;
  sources: Sources;
  events: Events;
  messages: Messages;
  history: History;
  replays: Replays;
  reception: Reception;
  sessions: Sessions;
  tokens: Tokens;
  signIns: SignIns;
  doorkeeper: Doorkeeper;
  crons: Crons;
  /** Asked for by whoever knows the time: nothing here looks when a cron is due. */
  firing: CronFiring;
  /** Asked to take its next step by whoever has the time. */
  retention: Retention;
  /** Takes what was sent to its end, and stops its timers. The store stays open. */
  stop(): Promise<void>;
}

/** Wakes up on what the store holds: sessions are away, spans are moved, timers run. */
export async function signalbox(world: World): Promise<Signalbox> {
  const { store, clock, random, cipher, log, limits, keeping, publicUrl, timezone } = world;
  const newId = idFactory(clock, random);
  const { account, made } = await localAccount({ store, clock, random, newId });
  const doorkeeper = new Doorkeeper(clock, world.rates ?? RATES);
  for (const { id } of await store.accounts()) doorkeeper.remember(await store.tokens(id));
  const roster = new SessionRoster();
  const inspection = new Inspection();
  const hostLog: HostParts["log"] = (level, message, fields) => log[level](fields, message);
  const lanes = new Lanes({ store, clock, log });
  const parts: HostParts = {
    store,
    clock,
    roster,
    lanes,
    inspection,
    spans: new Spans({ store, clock, log: hostLog }),
    limits,
    performer: new Deliveries(store, roster, log),
    log: hostLog,
  };
  const host = new Host(parts);
  lanes.onChanged(async (changed) => {
    // Ticks that began by what was said before are done then; a store that fails lets none be stored.
    await host.beat().catch(() => {});
    // An interrupt may have come meanwhile.
    if (changed.paused === null) host.look(changed.account, changed.lane);
  });
  const alarm = new Alarm(host, parts);
  const { found, stored } = await revive(host, parts);
  // Whoever waits for it is told as well.
  stored.catch(() => {});
  if (found.inHand > 0) log.info(found, "found events in hand; their sessions are waited for");
  alarm.start();
  const events = new Events({ lanes, host, roster, store, clock, random, newId, log, limits });
  const tokens = new Tokens({ store, clock, random, newId });
  const firing = new CronFiring({ lanes, store, clock, events, inspection, log });
  return {
    account,
    firstStart: made,
    awake: stored,
    newId,
    host,
    inspection,
    roster,
    lanes,
    sources: new Sources({ store, cipher, clock, random, newId, limits, log, publicUrl }),
    events,
    messages: new Messages({ store, events }),
    history: new History(store),
    replays: new Replays({ host, store, clock, random, newId, log, limits }),
    reception: new Reception({ host, store, roster, clock, log, graceMs: limits.graceMs }),
    sessions: new Sessions({ host, store, roster, log }),
    tokens,
    signIns: new SignIns({ store, clock, random, newId, tokens, account }),
    doorkeeper,
    crons: new Crons({ store, clock, newId, inspection, firing, limits, timezone }),
    firing,
    retention: new Retention({ store, clock, log, keeping }),
    async stop() {
      // Together: what the alarm waits for is answered, or rejected, by the host.
      await Promise.all([alarm.stop(), host.stop()]);
    },
  };
}
