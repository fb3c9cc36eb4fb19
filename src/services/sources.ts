/** Webhook endpoints: made, changed by making them again, listed, deleted. */

import type { Cipher } from "../config/cipher.ts";
import type { Account } from "../domain/account.ts";
import { type Cause, causeOf } from "../domain/cause.ts";
import { requireDeadlines } from "../domain/deadlines.ts";
import { SignalboxError } from "../domain/errors.ts";
import { Slug } from "../domain/grammar.ts";
import { type NewId, ProfileId } from "../domain/ids.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";
import { requireFitting, schemes } from "../domain/schemes/index.ts";
import type { Source, SourceSettings } from "../domain/source.ts";
import { changed, type SourceChange } from "../domain/source-change.ts";
import { requireTiming } from "../domain/timing.ts";
import { requireSettings } from "./asked-source.ts";
import { HearingFrom } from "./hearing-from.ts";
import { LeftOut } from "./left-out.ts";
import type { Log } from "./log.ts";
import { LookupCache } from "./lookup-cache.ts";
import { nextStep } from "./next-step.ts";
import { openSecrets, secretsToVerify, withSecret } from "./source-secrets.ts";
import { Turns } from "./turns.ts";

const SECRET_BYTES = 32;

export interface MadeSource {
  source: Source;
  /** Told once, where it was made here. */
  secret: string | null;
  updated: boolean;
  nextStep: string;
}

/** A source with its secrets at hand. */
export interface OpenSource {
  source: Source;
  /** Where its provider posts to, as it was told. */
  url: string;
  /** In the clear, newest first: for verification alone. Throws `SignalboxError` where none of them can be opened. */
  secrets: () => readonly string[];
}

/** Whoever asks for a change. */
export interface Changer {
  /** The event that he has in hand. */
  cause: Cause | null;
  /** Throws `SignalboxError` where a source that is there is not his to change. */
  requireReach(source: Source): void;
}

const OWNER: Changer = { cause: null, requireReach() {} };

interface SourcesParts {
  store: Store;
  cipher: Cipher;
  clock: Clock;
  random: Random;
  newId: NewId;
  limits: Limits;
  log: Log;
  publicUrl: () => string;
}

export class Sources {
  readonly #parts: SourcesParts;
  readonly heard: HearingFrom;
  readonly leftOut: LeftOut;
  readonly #turns = new Turns();
  readonly #cache: LookupCache<OpenSource>;

  constructor(parts: SourcesParts) {
    this.#parts = parts;
    this.heard = new HearingFrom(parts);
    this.leftOut = new LeftOut(parts.store);
    this.#cache = new LookupCache(parts.clock);
  }

  /** The address that the provider posts to. */
  urlOf(account: Pick<Account, "profileId">, slug: string): string {
    return `${this.baseUrl(account)}${slug}`;
  }

  baseUrl(account: Pick<Account, "profileId">): string {
    return `${this.#parts.publicUrl().replace(/\/$/, "")}/webhook/${account.profileId}/`;
  }

  /** The same slug again changes the source; a secret is added before the older ones. */
  create(account: Account, asked: unknown, by: Changer = OWNER): Promise<MadeSource> {
    const settings = requireSettings(asked);
    return this.#turns.take(account.id, async () => {
      const before = await this.#found(account, ({ slug }) => slug === settings.slug, by);
      return this.#put(account, settings, before, by.cause);
    });
  }

  /** Only what is asked for changes; of null or an empty text nothing is left. Throws `SignalboxError` (missing). */
  update(account: Account, id: string, asked: SourceChange, by: Changer = OWNER): Promise<MadeSource> {
    return this.#turns.take(account.id, async () => {
      const before = await this.#found(account, (source) => source.id === id, by);
      if (before === null) throw unknownSource(id);
      return this.#put(account, requireSettings(changed(before, asked)), before, by.cause);
    });
  }

  /** As it is when its turn has come: what somebody else has just made of it is seen. */
  async #found(
    account: Account,
    isMeant: (source: Source) => boolean,
    { requireReach }: Pick<Changer, "requireReach">,
  ): Promise<Source | null> {
    const found = (await this.#parts.store.sources(account.id)).find(isMeant) ?? null;
    if (found !== null) requireReach(found);
    return found;
  }

  async #put(
    account: Account,
    settings: SourceSettings,
    before: Source | null,
    cause: Cause | null,
  ): Promise<MadeSource> {
    const { store, clock, newId, limits } = this.#parts;
    requireDeadlines(settings.options ?? {}, limits);
    requireTiming(settings.options ?? {});
    requireFitting(settings);
    const id = before?.id ?? newId("src");
    const sameScheme = before?.scheme === settings.scheme;
    const kept = sameScheme ? before.secrets : [];
    const usable = sameScheme ? kept.length - this.unreadable(before) : 0;
    const made = settings.secret === undefined && usable === 0 ? this.#secretFor(settings.scheme) : null;
    const added = settings.secret ?? made;
    const owner = { account: account.id, id, secrets: kept };
    const secrets = added === null ? kept : withSecret(this.#parts.cipher, owner, added);
    const source: Source = {
      id,
      account: account.id,
      slug: settings.slug,
      scheme: settings.scheme,
      secrets,
      eventType: settings.eventType ?? null,
      routes: settings.routes ?? null,
      skill: settings.skill ?? null,
      lane: laneOfTag(settings.tag),
      priority: settings.priority,
      options: settings.options ?? null,
      cause: cause ?? before?.cause ?? null,
      heardAt: before?.heardAt ?? null,
      createdAt: before?.createdAt ?? clock.now(),
    };
    if ((await this.#seen(store.putSource(source))) === "conflict") {
      throw new SignalboxError(
        "conflict",
        "slug_taken",
        `another source was given the slug ${source.slug} at the same moment`,
        "Try again",
      );
    }
    return {
      source,
      secret: made,
      updated: before !== null,
      nextStep: nextStep(source.scheme, added !== null || usable > 0, this.urlOf(account, source.slug)),
    };
  }

  list(account: Account): Promise<Source[]> {
    return this.#parts.store.sources(account.id);
  }

  /** The event that is said to have led to a change; null: the account has none of this id. */
  async causeOf(account: Account, event: string): Promise<Cause | null> {
    const record = event === "" ? null : await this.#parts.store.event(event);
    return record?.facts.account === account.id ? causeOf(record) : null;
  }

  /** How many of its stored secrets can't be opened. */
  unreadable(source: Source): number {
    return openSecrets(this.#parts.cipher, source).failures.length;
  }

  remove(account: Account, id: string, by: Pick<Changer, "requireReach"> = OWNER): Promise<boolean> {
    return this.#turns.take(account.id, async () => {
      await this.#found(account, (source) => source.id === id, by);
      return this.#seen(this.#parts.store.removeSource(account.id, id));
    });
  }

  /** All of an account, once the changes that are under way are stored. */
  settled(account: Account): Promise<Source[]> {
    return this.#turns.take(account.id, () => this.#parts.store.sources(account.id));
  }

  /** Its secrets, each as `to` has it; one that is gone by now stays so. */
  resealed(account: Account, id: string, to: (source: Source) => string[]): Promise<void> {
    const { store } = this.#parts;
    return this.#turns.take(account.id, async () => {
      const source = (await store.sources(account.id)).find((one) => one.id === id);
      if (source !== undefined) await this.#seen(store.putSource({ ...source, secrets: to(source) }));
    });
  }

  /** The source behind a webhook URL; null: there is none. */
  async find(profileId: string, slug: string): Promise<OpenSource | null> {
    const address = `${profileId}/${slug}`;
    const known = this.#cache.kept(address);
    if (known !== undefined) return known;
    // What no source can be called is in no store, and not worth a place in the cache.
    if (!ProfileId.safeParse(profileId).success || !Slug.safeParse(slug).success) return null;
    return this.#cache.find(address, async () => {
      const source = await this.#parts.store.source(profileId, slug);
      if (source === null) return null;
      const secrets = once(() => secretsToVerify(this.#parts.cipher, source));
      return { source, url: this.urlOf({ profileId }, slug), secrets };
    });
  }

  /** A change, seen by every request that comes after it; also one of which nobody knows whether it was stored. */
  #seen<T>(change: Promise<T>): Promise<T> {
    return change.finally(() => this.#cache.forget());
  }

  #secretFor(scheme: Source["scheme"]): string | null {
    const { from, make } = schemes[scheme].secret;
    return from === "owner" ? make(this.#parts.random.bytes(SECRET_BYTES)) : null;
  }
}

const unknownSource = (id: string): SignalboxError =>
  new SignalboxError("missing", "unknown_source", `there is no source ${id}`, "Compare it with source_list");

/**
 * Opened at the first request and kept as long as its source is cached. To open them for each would cost a third of
 * ingest, and would hide them from nobody: who reads this process's memory finds the key there too.
 */
function once<T>(open: () => T): () => T {
  let opened: { value: T } | undefined;
  return () => {
    opened ??= { value: open() };
    return opened.value;
  };
}
