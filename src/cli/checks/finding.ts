/** What one check of `doctor` found: what is, and for what is not well the cure. */
export type Finding =
  | { kind: "ok"; what: string }
  /** Works, but not as well as it should. */
  | { kind: "warn"; what: string; cure: string }
  | { kind: "fail"; what: string; cure: string };

export const ok = (what: string): Finding => ({ kind: "ok", what });
export const warn = (what: string, cure: string): Finding => ({ kind: "warn", what, cure });
export const fail = (what: string, cure: string): Finding => ({ kind: "fail", what, cure });
