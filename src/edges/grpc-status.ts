/** The one mapping of our errors to gRPC's statuses. The client reads code and cure in the metadata. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { type ErrorClass, SignalboxError, TooOften } from "../domain/errors.ts";

const STATUS: Record<ErrorClass, status> = {
  invalid: status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  missing: status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  too_large: status.RESOURCE_EXHAUSTED,
  full: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
};

/** Status and words travel as headers: with a long one the client sees a broken stream instead of either. */
const MOST_CHARS = 1_000;

/** What is not ours is a bug: told as such, without its text, which may hold anything. */
export function toServiceError(error: unknown): ServiceError {
  const metadata = new Metadata();
  if (!(error instanceof SignalboxError)) {
    const bug = new Error("the server failed; its log says more");
    return Object.assign(bug, { code: status.INTERNAL, details: bug.message, metadata });
  }
  metadata.set("signalbox-code", error.code);
  if (error instanceof TooOften) metadata.set("retry-after", String(error.retryAfterSeconds));
  // Metadata is ASCII; a cure may name anything.
  metadata.set("signalbox-cure-bin", Buffer.from(error.cure.slice(0, MOST_CHARS)));
  return Object.assign(new Error(error.message), {
    code: STATUS[error.kind],
    details: error.message.slice(0, MOST_CHARS),
    metadata,
  });
}
