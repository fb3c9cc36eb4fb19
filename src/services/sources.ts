/** Webhook endpoints: made, changed by making them again, listed, deleted. */

import type { Cipher } from "../config/cipher.ts";
import type { Account } from "../domain/account.ts";
import { requireDeadlines } from "../domain/deadlines.ts";
import { SignalboxError } from "../domain/errors.ts";
import { Slug } from "../domain/grammar.ts";
import { type NewId, ProfileId } from "../domain/ids.ts";
import { laneOfTag } from "../domain/lane.ts";
import type { Limits } from "../domain/machines/limits.ts";
import type { Clock } from "../domain/ports/clock.ts";
import type { Random } from "../domain/ports/random.ts";
import type { Store } from "../domain/ports/store.ts";
import { schemes } from "../domain/schemes/index.ts";
import { type Source, SourceSettings } from "../domain/source.ts";
import { requireTiming } from "../domain/timing.ts";
import { nextStep } from "./next-step.ts";
import { SourceCache } from "./source-cache.ts";
import { openSecrets, secretsToVerify } from "./source-secrets.ts";

/** Of a secret that is being rotated the older ones count too, so many in all. */
const MOST_SECRETS = 4;

/** Dropped events are counted no further. */
const MOST_DROPPED = 100_000;

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
  /** In the clear, newest first: for verification alone. Throws `SignalboxError` where none of them can be opened. */
  secrets: () => readonly string[];
}

interface SourcesParts {
  store: Store;
  cipher: Cipher;
  clock: Clock;
  random: Random;
  newId: NewId;
  limits: Limits;
  publicUrl: () => string;
}

export class Sources {
  readonly #parts: SourcesParts;
  readonly #cache: SourceCache<OpenSource>;

  constructor(parts: SourcesParts) {
    this.#parts = parts;
    this.#cache = new SourceCache(parts.clock);
  }

  /** The address that the provider posts to. */
  urlOf(account: Account, slug: string): string {
    return `${this.baseUrl(account)}${slug}`;
  }

  baseUrl(account: Account): string {
    return `${this.#parts.publicUrl().replace(/\/$/, "")}/webhook/${account.profileId}/`;
  }

  /** The same slug again changes the source; a secret is added before the older ones. */
  async create(account: Account, asked: unknown): Promise<MadeSource> {
    const settings = checked(asked);
    const { store, clock, newId, limits } = this.#parts;
    requireDeadlines(settings.options ?? {}, limits);
    requireTiming(settings.options ?? {});
    const before = (await store.sources(account.id)).find(({ slug }) => slug === settings.slug);
    const id = before?.id ?? newId("src");
    const sameScheme = before?.scheme === settings.scheme;
    const kept = sameScheme ? before.secrets : [];
    const usable = sameScheme ? kept.length - this.unreadable(before) : 0;
    const made = settings.secret === undefined && usable === 0 ? this.#secretFor(settings.scheme) : null;
    const added = settings.secret ?? made;
    const owner = { account: account.id, source: id };
    const secrets =
      added === null ? kept : [this.#parts.cipher.seal(added, owner), ...kept].slice(0, MOST_SECRETS);
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
      updated: before !== undefined,
      nextStep: nextStep(source.scheme, added !== null || usable > 0, this.urlOf(account, source.slug)),
    };
  }

  list(account: Account): Promise<Source[]> {
    return this.#parts.store.sources(account.id);
  }

  droppedBy(source: Source): Promise<number> {
    return this.#parts.store.dropped(source.id, MOST_DROPPED);
  }

  /** How many of its stored secrets can't be opened. */
  unreadable(source: Source): number {
    return openSecrets(this.#parts.cipher, source).failures.length;
  }

  remove(account: Account, id: string): Promise<boolean> {
    return this.#seen(this.#parts.store.removeSource(account.id, id));
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
      return source === null
        ? null
        : { source, secrets: once(() => secretsToVerify(this.#parts.cipher, source)) };
    });
  }

  /** A change, seen by every request that comes after it; also one of which nobody knows whether it was stored. */
  #seen<T>(change: Promise<T>): Promise<T> {
    return change.finally(() => this.#cache.forget());
  }

  #secretFor(scheme: Source["scheme"]): string | null {
    if (schemes[scheme].secret.kind !== "owner") return null;
    return Buffer.from(this.#parts.random.bytes(SECRET_BYTES)).toString("hex");
  }
}

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

function checked(asked: unknown): SourceSettings {
  const parsed = SourceSettings.safeParse(asked);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where =
    issue === undefined || issue.path.length === 0
      ? "the source"
      : issue.path
          .join(".")
          .replace(/^options\./, "")
          .slice(0, 100);
  throw new SignalboxError(
    "invalid",
    "bad_source",
    `${where}: ${issue?.message ?? "not understood"}`,
    "Correct it and create the source again; nothing was changed",
  );
}
