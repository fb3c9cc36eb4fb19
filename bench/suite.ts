/**
 * What a suite of the bench is: figures that belong together, measured side by side. A suite starts what it measures as
 * real processes, so that it and its load don't share an event loop.
 */

/** Figures by name; the name says the unit (`p99Ms`, `perSecond`), or the figure is a ratio. */
export type Figures = Readonly<Record<string, number>>;

/** What a figure must reach. */
export interface Goal {
  /** As the table shows it: `>= 0.7`. */
  words: string;
  /** `all`: the medians of the suite's figures. */
  reached(value: number, all: Figures): boolean;
}

export const atLeast = (least: number): Goal => ({
  words: `>= ${least}`,
  reached: (value) => value >= least,
});

export const atMost = (most: number): Goal => ({ words: `<= ${most}`, reached: (value) => value <= most });

/** Below another figure of the same suite. */
export const below = (other: string): Goal => ({
  words: `< ${other}`,
  reached: (value, all) => value < (all[other] ?? Number.NEGATIVE_INFINITY),
});

export interface Setting {
  /** As small as can be: only to see that it runs. Its figures are not judged. */
  quick: boolean;
  /** A folder of this run for data, on a real disk; removed at the end. */
  folder: string;
}

export interface Prepared {
  /** Measures once. Called one at a time, in turn with the rounds of the other suites. */
  round(): Promise<Figures>;
  /** Ends all that was started. */
  close(): Promise<void>;
}

export interface Suite {
  /** Its key in `latest.json`. */
  name: string;
  /** Of those figures that must reach something; the others are shown. */
  goals: Readonly<Record<string, Goal>>;
  /** Starts what it needs, and warms it up. */
  prepare(setting: Setting): Promise<Prepared>;
}
