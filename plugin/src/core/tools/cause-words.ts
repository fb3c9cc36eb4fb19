/** How tools tell what led to a source or a cron: people shall see what an event's payload has talked Claude into. */
import type { Cause } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { word } from "./names.ts";

export function causeLines(cause: Cause | undefined): string[] {
  if (cause === undefined) return [];
  const { event, origin, from } = cause;
  return [`  Made or changed while event ${word(event)} (${word(origin)} ${word(from)}) was being handled`];
}
