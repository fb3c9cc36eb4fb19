/**
 * The rows of a statement, also where a number in one is too large for JavaScript: node:sqlite then throws in the middle of
 * the list and names no row. What damage or a hand has written so is given as a bigint, which no check of a row lets pass
 * (`rows.ts`), so that it stops itself alone.
 */
import type { SQLInputValue, StatementSync } from "node:sqlite";

type Row = Record<string, unknown>;

export function* rowsOf(statement: StatementSync, ...given: SQLInputValue[]): Iterable<Row> {
  let passed = 0;
  try {
    for (const row of statement.iterate(...given)) {
      passed += 1;
      yield row;
    }
    return;
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  for (const row of wideRows(statement, given)) {
    passed -= 1;
    if (passed < 0) yield row;
  }
}

export function rowOf(statement: StatementSync, ...given: SQLInputValue[]): Row | undefined {
  try {
    return statement.get(...given);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
  }
  for (const row of wideRows(statement, given)) return row;
  return undefined;
}

function* wideRows(statement: StatementSync, given: SQLInputValue[]): Iterable<Row> {
  statement.setReadBigInts(true);
  try {
    for (const row of statement.iterate(...given)) yield narrowed(row);
  } finally {
    statement.setReadBigInts(false);
  }
}

const narrowed = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isSafe(value) ? Number(value) : value]),
  );

const isSafe = (value: unknown): value is bigint =>
  typeof value === "bigint" && value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;

const isTooLarge = (error: unknown): boolean => error instanceof RangeError;
