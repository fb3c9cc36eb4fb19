/** What a test and a stand-in in a process of its own say to each other, over Node's IPC channel. */
import { z } from "zod";
import { requestSchema } from "./claude-script.ts";

/** From the test: the acts of `StandIn`, and what Claude does in a turn. */
export const commandSchema = z.discriminatedUnion("method", [
  z.object({ method: z.literal("start"), options: z.unknown() }),
  z.object({ method: z.literal("prompt"), text: z.string() }),
  z.object({ method: z.literal("pressEsc") }),
  z.object({ method: z.literal("answerDialog"), behavior: z.enum(["allow", "deny"]) }),
  z.object({ method: z.literal("clear") }),
  z.object({ method: z.literal("compact") }),
  z.object({ method: z.literal("exit") }),
  z.object({ method: z.literal("close") }),
  z.object({
    method: z.literal("callTool"),
    turn: z.number(),
    tool: z.string(),
    input: z.record(z.string(), z.unknown()),
  }),
  z.object({
    method: z.literal("useTool"),
    turn: z.number(),
    tool: z.string(),
    input: z.record(z.string(), z.unknown()),
    /** How long, or the id of a function in the test. */
    work: z.union([z.number(), z.object({ id: z.number() })]),
  }),
  z.object({ method: z.literal("searchTools"), turn: z.number(), tools: z.array(z.string()) }),
]);
export type Command = z.infer<typeof commandSchema>;

/** From the stand-in: the script is to be Claude, or a function of the test is to be a built-in tool's work. */
export const askSchema = z.discriminatedUnion("method", [
  z.object({ method: z.literal("claude"), turn: z.number(), request: requestSchema }),
  z.object({ method: z.literal("work"), id: z.number() }),
]);

/** How a script's part in a turn ended. */
export const spokenSchema = z.union([
  z.object({ message: z.string() }),
  z.object({ apiFailure: z.string() }),
]);

export const workedSchema = z.object({ text: z.string() });
