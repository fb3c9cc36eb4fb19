import * as z from "zod";
import { EVENT_ID } from "../delivery.ts";

/** An event as a tool's argument. */
export const eventIdArgument = z
  .string()
  .regex(EVENT_ID, "an event's id is evt_ and 26 characters, as the event says it")
  .optional()
  .describe("The event's id, evt_…; default: the event in hand");
