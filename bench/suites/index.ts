/** Every suite, in the order of the table. */
import type { Suite } from "../suite.ts";
import { backlog } from "./backlog.ts";
import { crons } from "./crons.ts";
import { drain } from "./drain.ts";
import { ingest } from "./ingest.ts";
import { interrupt } from "./interrupt.ts";
import { latency } from "./latency.ts";
import { restart } from "./restart.ts";
import { schemes } from "./schemes.ts";
import { sessions } from "./sessions.ts";

export const suites: readonly Suite[] = [
  ingest,
  drain,
  latency,
  interrupt,
  backlog,
  sessions,
  crons,
  schemes,
  restart,
];
