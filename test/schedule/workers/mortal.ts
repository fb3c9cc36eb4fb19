/** Dies after it has said once that it is time. */
import { parentPort } from "node:worker_threads";
import { TIME } from "../../../src/schedule/duty.ts";

parentPort?.postMessage(TIME);
setTimeout(() => {
  throw new Error("dies");
}, 5);
