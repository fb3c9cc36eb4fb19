/** One or a few values in the rows of the store are not what a server wrote. */
import type { SQLInputValue } from "node:sqlite";
import type { Store } from "../../../src/domain/ports/store.ts";
import { openDatabase } from "../../../src/store/sqlite/open.ts";
import { sqliteStore } from "../../../src/store/sqlite/store.ts";
import { Box, MINUTE } from "../../world/box.ts";
import { SimulatedClock } from "../../world/simulated-clock.ts";
import type { Chance } from "../chance.ts";
import { mutateJson } from "../mutate.ts";
import { NASTY_NUMBERS, NASTY_TEXTS } from "../nasty.ts";
import {
  bytesOf,
  hold,
  holdOneLine,
  isObject,
  jsonOf,
  listOf,
  type Subject,
  type Target,
} from "../target.ts";
import { type Row, type StoredWorld, storedWorld, TABLES, type Table } from "./stored-world.ts";

interface Change {
  table: Table;
  row: number;
  column: string;
  /** Null, number, text; an object is written as JSON. */
  value: unknown;
}

/** Ten minutes of a server that looks at the clock every five seconds. */
const MOST_LOOKS = 1_000;
const MOST_ERRORS = 200;

export const rows: Target = {
  name: "rows",
  promise:
    "a record that can't be read stops itself alone: the server starts, or says in one line why not, and serves all others",
  async open() {
    const left = await storedWorld();
    const subject: Subject = {
      generate: (chance) =>
        bytesOf(Array.from({ length: 1 + (chance.oneIn(3) ? 1 : 0) }, () => changeOf(left, chance))),
      judge: (input) => judge(left, listOf(jsonOf(input)).filter(isChange)),
      close: async () => {},
    };
    return subject;
  },
};

const isChange = (value: unknown): value is Change =>
  isObject(value) &&
  TABLES.some((table) => table === value.table) &&
  typeof value.row === "number" &&
  typeof value.column === "string" &&
  /^[a-z_]+$/.test(value.column);

function changeOf({ rows: all }: StoredWorld, chance: Chance): Change {
  const table = chance.of(["events", "events", "sessions", ...TABLES] as const);
  const row = chance.below(all[table].length);
  const column = chance.of(Object.keys(all[table][row] ?? {}));
  return { table, row, column, value: valueFor(all[table], row, column, chance) };
}

function valueFor(of: readonly Row[], row: number, column: string, chance: Chance): unknown {
  const was = of[row]?.[column];
  const json = typeof was === "string" && /^[{[]/.test(was) ? jsonOf(Buffer.from(was)) : undefined;
  if (json !== undefined && !chance.oneIn(4))
    return mutateJson(json, chance, of.map((other) => other[column]).filter(isText));
  // Another row's value is the likeliest to be believed.
  if (chance.oneIn(2)) return chance.of(of)[column] ?? null;
  return chance.of<unknown>([null, ...NASTY_NUMBERS, ...NASTY_TEXTS]);
}

const isText = (value: unknown): boolean => typeof value === "string";

async function judge(left: StoredWorld, changes: readonly Change[]): Promise<void> {
  const db = openDatabase({ path: ":memory:" });
  let looks = 0;
  const errors: string[] = [];
  if (!write(db, left, changes)) return db.close();
  const store = sqliteStore(db, "signalbox.db", { log: (problem) => holdOneLine(problem) });
  const counted: Store = {
    ...store,
    due: (...asked) => {
      looks += 1;
      return store.due(...asked);
    },
  };
  const clock = new SimulatedClock(left.wall);
  const log = {
    debug() {},
    info() {},
    warn() {},
    error: (_: object, message: string) => void errors.push(message),
  };
  let box: Box;
  try {
    box = await Box.start({ clock, wrap: () => counted, log });
  } catch (error) {
    await store.close();
    return holdOneLine(error);
  }
  try {
    await clock.pass(10 * MINUTE);
    hold(looks < MOST_LOOKS, `the timers were looked at ${looks} times in ten minutes`);
    hold(errors.length < MOST_ERRORS, `${errors.length} errors in the log of ten minutes: ${errors[0]}`);
    await goesOn(box, left, changes);
  } finally {
    await box.kill();
  }
}

/** False: SQLite itself refuses it. */
function write(db: ReturnType<typeof openDatabase>, left: StoredWorld, changes: readonly Change[]): boolean {
  try {
    db.exec("DELETE FROM server");
    for (const table of TABLES) {
      left.rows[table].forEach((given, at) => {
        const own = changes.filter(
          (change) => change.table === table && change.row === at && change.column in given,
        );
        const row = {
          ...given,
          ...Object.fromEntries(own.map(({ column, value }) => [column, sqlValue(value)])),
        };
        const names = Object.keys(row).map((name) => `"${name}"`);
        db.prepare(
          `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
        ).run(...Object.values(row));
      });
    }
    return true;
  } catch {
    return false;
  }
}

const sqlValue = (value: unknown): SQLInputValue =>
  value === null || typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);

async function goesOn(box: Box, left: StoredWorld, changes: readonly Change[]): Promise<void> {
  await box.box.sources.find(left.profileId, "github").catch(holdOneLine);
  await box.box.sources.list(box.box.account).catch(holdOneLine);
  await box.box.events.list(box.box.account.id, [], null, 50).catch(holdOneLine);
  const touched = new Set(
    changes.filter(({ table }) => table === "events" || table === "contents").map(({ row }) => row),
  );
  const isElsewhere = changes.some(({ table }) => table === "accounts");
  const fresh = await box.arrives({ lane: "tag:fresh" });
  await serve(box, "tag:fresh", [fresh]);
  const waiting = left.rows.events.filter((row, at) => row.lane === "tag:waiting" && !touched.has(at));
  if (!isElsewhere)
    await serve(
      box,
      "tag:waiting",
      waiting.map(({ id }) => String(id)),
    );
}

/** A session that comes to this lane gets these events, whatever else is in it. */
async function serve(box: Box, lane: string, ids: readonly string[]): Promise<void> {
  const session = `new-${lane.slice(4)}`;
  const plugin = await box.plugin({ session, instance: `instance-${session}`, lane }).connect();
  for (let turns = 0; turns < 10 && plugin.shown.length > turns; turns++) await plugin.acks();
  const shown = plugin.shown.map(({ eventId }) => eventId);
  for (const id of ids) hold(shown.includes(id), `${lane} is not served`);
}
