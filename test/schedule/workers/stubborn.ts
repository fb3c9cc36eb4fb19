/** Does not leave when it is told to. */
import { parentPort } from "node:worker_threads";
import { TIME } from "../../../src/schedule/duty.ts";

parentPort?.postMessage(TIME);
setInterval(() => {}, 1_000);
