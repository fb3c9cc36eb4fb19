/** What a gRPC call failed with, as an error that says what to do. */
import { Metadata, status } from "@grpc/grpc-js";
import { type ErrorClass, reasonOf, SignalboxError, withoutStop } from "../domain/errors.ts";

const KINDS: { readonly [code: number]: ErrorClass } = {
  [status.INVALID_ARGUMENT]: "invalid",
  [status.UNAUTHENTICATED]: "unauthenticated",
  [status.PERMISSION_DENIED]: "forbidden",
  [status.NOT_FOUND]: "missing",
  [status.ALREADY_EXISTS]: "conflict",
  [status.ABORTED]: "conflict",
  [status.FAILED_PRECONDITION]: "conflict",
  [status.RESOURCE_EXHAUSTED]: "too_large",
};

/** An error without one of these codes is the server's absence: nobody answered, or it broke off. */
export function controlTrouble(url: string, error: unknown): SignalboxError {
  const kind = KINDS[codeOf(error)];
  if (kind === undefined && isUntrusted(url, error)) return untrusted(url, error);
  if (kind === undefined && !fromServer(error)) return serverDown(url, error);
  const text = detailsOf(error);
  const message = text === "" ? `the server at ${url} refused` : text;
  const cure = trailer(error, "signalbox-cure-bin") ?? "`npm run doctor` looks for the cause";
  return new SignalboxError(
    kind ?? "unavailable",
    trailer(error, "signalbox-code") ?? "refused",
    withoutStop(message),
    withoutStop(cure),
    error,
  );
}

/** OpenSSL's and Node's own words, which grpc-js passes on in its text alone. */
const isUntrusted = (url: string, error: unknown): boolean =>
  url.startsWith("https:") && /certificate|altnames/i.test(detailsOf(error));

const untrusted = (url: string, cause: unknown): SignalboxError =>
  new SignalboxError(
    "unavailable",
    "untrusted_certificate",
    `the certificate of the server at ${url} is not trusted`,
    "Start the server again if its certificate was renewed just now; otherwise another program listens there",
    cause,
  );

const detailsOf = (error: unknown): string =>
  error instanceof Error && "details" in error ? String(error.details) : reasonOf(error);

export function serverDown(url: string, cause?: unknown): SignalboxError {
  return new SignalboxError(
    "unavailable",
    "server_down",
    `no server answers at ${url}`,
    "Start it with `npm start`, in another terminal",
    cause,
  );
}

function codeOf(error: unknown): number {
  return error instanceof Error && "code" in error ? Number(error.code) : status.UNKNOWN;
}

const fromServer = (error: unknown): boolean =>
  [status.UNKNOWN, status.INTERNAL, status.UNIMPLEMENTED].includes(codeOf(error)) ||
  trailer(error, "signalbox-code") !== null;

function trailer(error: unknown, name: string): string | null {
  if (!(error instanceof Error && "metadata" in error && error.metadata instanceof Metadata)) return null;
  const [value] = error.metadata.get(name);
  return value === undefined ? null : value.toString();
}
