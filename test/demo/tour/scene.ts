import type { StandInProcess } from "../../standin/standin-process.ts";
import type { Stage } from "./stage.ts";

/** The sessions that stay for the whole tour. */
export interface Cast {
  deploys: StandInProcess;
  oncall: StandInProcess;
}

export interface Scene {
  title: string;
  /** Throws where what it shows is not to be seen. */
  play(stage: Stage, cast: Cast): Promise<void>;
}

/** How often Claude was given the content of this event. */
export const showings = (session: StandInProcess, id: string): number =>
  session.transcript.read.filter((text) => text.includes(`Signalbox event ${id} (delivery`)).length;

export function requires(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`this was not seen: ${what}`);
}
