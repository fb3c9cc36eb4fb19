/** Unary calls for tools: they need a configuration, but no link. */
import type { DescMessage, DescMethodUnary, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { targetOf } from "../configuration.ts";
import type { Parts } from "../parts.ts";
import { refusal, type ToolAnswer } from "./tool.ts";
import { callTrouble } from "./trouble.ts";

type Asked<O extends DescMessage> =
  | { kind: "told"; response: MessageShape<O>; tag: string }
  /** `lost`: whether the server took it is not known. */
  | { kind: "trouble"; answer: ToolAnswer; lost: boolean };

/** `tag`: the session's own, empty for the untagged lane. */
export async function ask<I extends DescMessage, O extends DescMessage>(
  { membership, transport }: Parts,
  method: DescMethodUnary<I, O>,
  request: MessageInitShape<I> | ((tag: string) => MessageInitShape<I>),
): Promise<Asked<O>> {
  const standing = await membership.standing();
  if (standing.kind === "unconfigured" || standing.kind === "bad_tag") {
    return { kind: "trouble", answer: refusal(standing.problem), lost: false };
  }
  const { configuration, tag } = standing;
  const asked = typeof request === "function" ? request(tag) : request;
  const reply = await transport.call(targetOf(configuration), method, asked);
  if (reply.kind === "ok") return { kind: "told", response: reply.response, tag };
  const lost = reply.failure === "unavailable";
  return { kind: "trouble", answer: refusal(callTrouble(configuration, reply)), lost };
}
