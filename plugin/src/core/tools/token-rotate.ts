/**
 * A new token into the configuration, in an order that locks nobody out wherever it is cut off: the old one is good until the new
 * one is used, and the new one is used only once it stands in the file.
 */
import * as z from "zod";
import { ControlService } from "../../../../proto/gen/signalbox/v1/control_pb.ts";
import { type Configuration, targetOf } from "../configuration.ts";
import type { Parts } from "../parts.ts";
import { quoted } from "./names.ts";
import { tokenLabel } from "./token-words.ts";
import { answer, refusal, type Tool, type ToolAnswer, tool } from "./tool.ts";
import { callTrouble } from "./trouble.ts";
import { faceOf } from "./who-asks.ts";

const { method } = ControlService;

const input = z.strictObject({ label: tokenLabel.optional().describe("default: the old one's") });

export function tokenRotate(parts: Parts): Tool {
  return tool({
    name: "token_rotate",
    description:
      "Replace this session's Signalbox connection token: a new one is saved into the configuration file, the old one is revoked, the link goes on. The token is never shown.",
    input,
    run: async ({ label = "" }) => {
      const standing = await parts.membership.standing();
      if (standing.kind === "unconfigured" || standing.kind === "bad_tag") return refusal(standing.problem);
      const obstacle = await parts.tokenKeeping.obstacle();
      if (obstacle !== null) return refusal(obstacle);
      return rotate(parts, standing.configuration, label);
    },
  });
}

async function rotate(parts: Parts, old: Configuration, label: string): Promise<ToolAnswer> {
  const { transport, tokenKeeping, log } = parts;
  const reply = await transport.call(targetOf(old), method.rotateToken, { label, from: faceOf(parts) });
  if (reply.kind === "failed") return refusal(callTrouble(old, reply));
  const { id, token, label: named } = reply.response;
  const saved = await tokenKeeping.replace(old.token, token).catch(() => "failed" as const);
  if (saved !== "saved") {
    // Nobody has it: it must not stay good.
    await transport.call(targetOf(old), method.revokeToken, { id });
    return refusal(
      saved === "changed"
        ? `${old.path} has another token by now, as if another session had rotated it; that one stays.`
        : `${old.path} could not be written, so the old token stays. Make room there, or the folder writable, and rotate again.`,
    );
  }
  const configuration = await configured(parts);
  if (configuration?.token !== token) {
    return refusal(
      `${old.path} was changed again in the same moment. token_list tells which tokens there are now.`,
    );
  }
  if (parts.journal.folder !== null) {
    await parts.journal.open(configuration).catch(() => log.warn("state could not be saved"));
  }
  const used = await transport.call(targetOf(configuration), method.listTokens, {});
  const first = `The new token ${quoted(named, 100)} (${id}) is in ${old.path}, for this session and all that share the file`;
  return used.kind === "ok"
    ? answer(`${first}. The old one is revoked; this session's link goes on.`)
    : answer(
        `${first}. The server could not be asked just now: the old one is revoked when the new one is first used, which is soon.`,
      );
}

async function configured({ membership }: Parts): Promise<Configuration | null> {
  const standing = await membership.standing();
  return standing.kind === "unconfigured" ? null : standing.configuration;
}
