/** Every suite, in the order of the table. */
import type { Suite } from "../suite.ts";
import { drain } from "./drain.ts";
import { ingest } from "./ingest.ts";

export const suites: readonly Suite[] = [ingest, drain];
