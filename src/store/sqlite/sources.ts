/** Sources: found by the two names that stand in a webhook's URL. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { Cause } from "../../domain/cause.ts";
import { PRIORITIES } from "../../domain/order.ts";
import { Routes } from "../../domain/route.ts";
import { EventTypeRule, SCHEMES, type Source, SourceOptions } from "../../domain/source.ts";
import { checked, jsonText } from "./rows.ts";
import { rowOf, rowsOf } from "./rows-of.ts";
import type { SetAside } from "./set-aside.ts";
import { isUniqueViolation } from "./sqlite-errors.ts";

const SourceRow = z.object({
  id: z.string(),
  account: z.string(),
  slug: z.string(),
  scheme: z.enum(SCHEMES),
  secrets: jsonText(z.array(z.string())),
  event_type: jsonText(EventTypeRule).nullable(),
  routes: jsonText(Routes).nullable(),
  skill: z.string().nullable(),
  lane: z.string(),
  priority: z.enum(PRIORITIES),
  options: jsonText(SourceOptions).nullable(),
  cause: jsonText(Cause).nullable(),
  heard_at: z.number().nullable(),
  created_at: z.number(),
});

function sourceOf(row: unknown): Source {
  const { event_type, heard_at, created_at, ...same } = checked("source", SourceRow, row);
  return { ...same, eventType: event_type, heardAt: heard_at, createdAt: created_at };
}

const orNull = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

export function sources(db: DatabaseSync, aside: SetAside) {
  // Promise 9: an id of another account is not overwritten.
  const put = db.prepare(`
    INSERT INTO sources (id, account, slug, scheme, secrets, event_type, routes, skill, lane, priority, options, cause,
      heard_at, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, scheme = excluded.scheme, secrets = excluded.secrets,
      event_type = excluded.event_type, routes = excluded.routes, skill = excluded.skill, lane = excluded.lane,
      priority = excluded.priority, options = excluded.options, cause = excluded.cause,
      heard_at = ifnull(sources.heard_at, excluded.heard_at), created_at = excluded.created_at
      WHERE account = excluded.account`);
  const bySlug = db.prepare(`
    SELECT sources.* FROM sources JOIN accounts ON accounts.id = sources.account WHERE profile_id = ? AND slug = ?`);
  const ofAccount = db.prepare("SELECT * FROM sources WHERE account = ? ORDER BY slug");
  const sealed = db.prepare("SELECT secrets FROM sources");
  const noteHeard = db.prepare("UPDATE sources SET heard_at = ? WHERE id = ? AND heard_at IS NULL");
  const remove = db.prepare("DELETE FROM sources WHERE account = ? AND id = ?");

  return {
    put(source: Source): "stored" | "conflict" {
      const {
        id,
        account,
        slug,
        scheme,
        secrets,
        eventType,
        routes,
        skill,
        lane,
        priority,
        options,
        cause,
        heardAt,
        createdAt,
      } = source;
      try {
        const { changes } = put.run(
          id,
          account,
          slug,
          scheme,
          JSON.stringify(secrets),
          orNull(eventType),
          orNull(routes),
          skill,
          lane,
          priority,
          orNull(options),
          orNull(cause),
          heardAt,
          createdAt,
        );
        return changes === 0 ? "conflict" : "stored";
      } catch (error) {
        if (isUniqueViolation(error)) return "conflict";
        throw error;
      }
    },

    source(profileId: string, slug: string): Source | null {
      const row = rowOf(bySlug, profileId, slug);
      return row === undefined ? null : sourceOf(row);
    },

    sources: (account: string): Source[] =>
      aside.readable(rowsOf(ofAccount, account), sourceOf, Number.POSITIVE_INFINITY),

    sealedSecrets: (): string[] => sealed.all().map(({ secrets }) => String(secrets)),

    noteHeard: (id: string, at: number): void => {
      noteHeard.run(at, id);
    },

    remove: (account: string, id: string): boolean => remove.run(account, id).changes === 1,
  };
}
