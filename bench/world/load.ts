/** The load's process, as its parent sees it. */
import { fork } from "node:child_process";
import { join } from "node:path";
import type { LoadAnswer, LoadOrder, LoadResult } from "../load/order.ts";
import { ended, heard } from "./child.ts";

const PROGRAM = join(import.meta.dirname, "../load/main.ts");

export interface Load {
  /** Keeps all connections busy for the time; rejects if any request was not accepted. One at a time. */
  run(order: LoadOrder): Promise<LoadResult>;
  close(): Promise<void>;
}

export function startLoad(): Load {
  const child = fork(PROGRAM);
  return {
    async run(order) {
      const heardNext = heard<LoadAnswer>(child);
      child.send(order);
      const answer = await heardNext;
      if (answer.kind === "failed") throw new Error(answer.reason);
      return answer.result;
    },
    close: () => ended(child),
  };
}
