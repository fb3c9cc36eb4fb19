/** The figures against their goals: as a table for people, as a verdict for the exit code. */
import { tableOf } from "../src/cli/table.ts";
import type { Figures, Suite } from "./suite.ts";

interface Line {
  figure: string;
  value: number;
  /** Null: only shown. */
  goal: { words: string; reached: boolean } | null;
}

export function lines(suites: readonly Suite[], measured: Readonly<Record<string, Figures>>): Line[] {
  return suites.flatMap(({ name, goals }) => {
    const figures = measured[name] ?? {};
    const missing = Object.keys(goals).filter((figure) => figures[figure] === undefined);
    if (missing.length > 0) throw new Error(`${name} has a goal for what it did not measure: ${missing}`);
    return Object.entries(figures).map(([figure, value]) => {
      const goal = goals[figure];
      return {
        figure: `${name}.${figure}`,
        value,
        goal: goal === undefined ? null : { words: goal.words, reached: goal.reached(value, figures) },
      };
    });
  });
}

export function table(all: readonly Line[], judged: boolean): string[] {
  const verdict = ({ goal }: Line) =>
    goal === null || !judged ? "" : goal.reached ? "reached" : "NOT REACHED";
  return tableOf(
    ["figure", "value", "goal", "verdict"],
    all.map((line) => [line.figure, shown(line.value), line.goal?.words ?? "", verdict(line)]),
  );
}

/** As `latest.json` has them: a figure of several, `github.verifyUs`, is in a group. */
export function grouped(figures: Figures): Record<string, number | Record<string, number>> {
  const groups: Record<string, number | Record<string, number>> = {};
  for (const [name, value] of Object.entries(figures)) {
    const [group = "", figure] = name.split(".");
    const before = groups[group];
    groups[group] =
      figure === undefined ? value : { ...(typeof before === "object" ? before : {}), [figure]: value };
  }
  return groups;
}

/** Three digits are all that a median of a few rounds is worth. */
export function shown(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
