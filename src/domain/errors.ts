/**
 * The one family of expected errors: what happened, to which thing, and what to do next. The code is stable; the
 * message is safe to show (never a secret, never a payload). Adapters map the class to a status: `edges/grpc-status.ts`,
 * `ingress/http-status.ts`.
 */
import { withoutTokens } from "./token-text.ts";

export type ErrorClass =
  | "invalid" // the asker must change the request
  | "unauthenticated"
  | "forbidden"
  | "missing"
  | "conflict"
  | "too_large"
  | "full" // the same request may succeed once there is room
  | "unavailable"; // the same request may succeed later

export class SignalboxError extends Error {
  override readonly name = "SignalboxError";
  readonly kind: ErrorClass;
  readonly code: string;
  /** What to do next, a sentence. */
  readonly cure: string;

  constructor(kind: ErrorClass, code: string, message: string, cure: string, cause?: unknown) {
    // Promise 10: what was asked for may be quoted, and may be a token that was put in the wrong place.
    super(withoutTokens(message), cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.cure = cure;
  }

  /** One line for people; a value that it quotes can neither begin another line nor speak to the terminal. */
  get line(): string {
    return `${withoutStop(this.message)}. ${withoutStop(this.cure)}.`.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
  }
}

/** The same is welcome later: what it was asked too often is told with when. */
export class TooOften extends SignalboxError {
  readonly retryAfterSeconds: number;

  constructor(code: string, message: string, waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    super("full", code, `${message}; ask again in ${seconds} s`, "Wait, or ask less often");
    this.retryAfterSeconds = seconds;
  }
}

/** For a text that may come with its stop or without, before one is set. */
export const withoutStop = (text: string): string => text.replace(/\.+$/, "");

/** Anything caught, as text for a log. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
