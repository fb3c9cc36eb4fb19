/** The connection of this machine's sessions, as `/signalbox:configure` has it: looked at, set, or taken away. Tokens are never shown. */
import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { targetOf } from "../configuration.ts";
import type { Parts } from "../parts.ts";
import { plain } from "./names.ts";
import { answer, refusal, type Tool, type ToolAnswer, tool } from "./tool.ts";
import { callTrouble } from "./trouble.ts";

const TOKEN_RULE = "a connection token begins with cbt_; npm run connect and token_create make them";

/** Enough to know it by. */
const SHOWN = "cbt_".length + 4;
const masked = (token: string): string => `${token.slice(0, SHOWN)}…`;

const input = z.strictObject({
  token: z
    .string()
    .regex(/^cbt_[\x21-\x7e]{8,500}$/, TOKEN_RULE)
    .optional()
    .describe("A connection token to save; default: nothing is changed"),
  remote: z
    .string()
    .max(300)
    .optional()
    .describe("With token: the server, http://127.0.0.1:4401 or https://host; default: as it is"),
  clear: z.literal(true).optional().describe("true takes the saved token away"),
});

export function configure(parts: Parts): Tool {
  return tool({
    name: "configure",
    description:
      "Show how this machine's sessions are connected to Signalbox and what to do next; save a connection token that the user has given; or take it away. Only at the user's own word.",
    input,
    run: async ({ token, remote, clear }) => {
      if (token === undefined) {
        if (remote !== undefined) return refusal("configure: remote comes with a token.");
        return clear === true ? cleared(parts) : status(parts);
      }
      if (clear === true) return refusal("configure: a token is given and to be taken away; do one.");
      return saved(parts, token, remote ?? null);
    },
  });
}

async function status({ membership, transport, link }: Parts): Promise<ToolAnswer> {
  const standing = await membership.standing();
  if (standing.kind === "unconfigured") return answer(standing.problem);
  const { configuration } = standing;
  const reply = await transport.call(targetOf(configuration), ControlService.method.getAccount, {});
  const first = `Configured in ${configuration.path}: server ${plain(configuration.remote)}, token ${masked(configuration.token)}.`;
  if (reply.kind === "failed") {
    return answer(`${first}\nNext: ${callTrouble(configuration, reply)}`);
  }
  const tag = standing.kind === "bad_tag" ? standing.problem : `tag ${standing.tag || "none"}`;
  return answer(
    [
      first,
      `The server knows the token (${plain(reply.response.tokenLabel) || "without a label"}). This session: ${tag}, link ${link.state}.`,
      reply.response.sessions.length > 0
        ? "Next: nothing; events come as they arrive. source_create makes a webhook source."
        : "Next: this session joins by itself within seconds; account_info tells why if it does not.",
    ].join("\n"),
  );
}

/**
 * What would be refused when it is read is not written, nor is the token sent where it would not be: over plain http to another
 * machine. One that the server does not know is not saved, either: it would only take the place of one that works.
 */
async function saved(parts: Parts, token: string, remote: string | null): Promise<ToolAnswer> {
  const { tokenKeeping, transport } = parts;
  const obstacle = await tokenKeeping.obstacle();
  if (obstacle !== null) return refusal(obstacle);
  const planned = await tokenKeeping.plan({ token, remote }).catch(() => null);
  if (planned === null) return refusal(UNWRITABLE);
  if (planned.kind === "refused") return refusal(`Nothing was changed. ${planned.problem}`);
  const { configuration } = planned;
  const reply = await transport.call(targetOf(configuration), ControlService.method.getAccount, {});
  if (reply.kind === "failed" && reply.failure === "unauthenticated") {
    return refusal(
      `The server ${plain(configuration.remote)} does not know the token ${masked(token)}; nothing was changed. npm run connect and token_create make tokens.`,
    );
  }
  const path = await tokenKeeping.configure(planned).catch(() => null);
  if (path === null) return refusal(UNWRITABLE);
  const unasked =
    reply.kind === "ok"
      ? ""
      : ` The server ${plain(configuration.remote)} could not be asked whether it knows it.`;
  return answer(
    `The token ${masked(token)} is saved in ${path}, which only its owner can read.${unasked} Sessions take it up within seconds; /signalbox:status tells. ` +
      "It stands in this conversation now: token_rotate replaces it by one that does not.",
  );
}

const UNWRITABLE =
  "The configuration could not be written; nothing was changed. See that its folder is your own and has room, and try again.";

async function cleared({ tokenKeeping }: Parts): Promise<ToolAnswer> {
  const obstacle = await tokenKeeping.obstacle();
  if (obstacle !== null) return refusal(obstacle);
  try {
    return answer(
      (await tokenKeeping.clear())
        ? "The token is taken away. Sessions end their link when they next connect; the server still knows the token until it is revoked there."
        : "There was no token; nothing was changed.",
    );
  } catch {
    return refusal(UNWRITABLE);
  }
}
