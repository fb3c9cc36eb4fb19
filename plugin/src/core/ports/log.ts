/** Values that may stand in a log: never a payload, a summary, a token. */
export type LogFields = Record<string, string | number | boolean | null>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
}
