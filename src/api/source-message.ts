/** A source as it is told of. */
import { create } from "@bufbuild/protobuf";
import {
  CauseSchema,
  CoalesceRuleSchema,
  DroppedTypeSchema,
  EventTypeRuleSchema,
  type RouteRule,
  RouteRuleSchema,
  type Source as SourceMessage,
  SourceSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Account } from "../domain/account.ts";
import { type Routes, ruleOf } from "../domain/route.ts";
import type { Source } from "../domain/source.ts";
import type { Sources } from "../services/sources.ts";
import { filled } from "./source-settings.ts";

export async function messageOf(sources: Sources, account: Account, source: Source): Promise<SourceMessage> {
  const { id, slug, scheme, eventType, skill, lane, priority, options, secrets, createdAt } = source;
  const dropped = await sources.leftOut.droppedBy(source);
  const refused = sources.heard.refusedOf(source);
  const message = create(SourceSchema, {
    id,
    slug,
    scheme,
    ...routesOf(source.routes ?? {}),
    skill: skill ?? "",
    lane,
    priority,
    url: sources.urlOf(account, slug),
    secrets: secrets.length,
    createdAtMs: BigInt(createdAt),
    dropped: BigInt(dropped.count),
    droppedTypes: dropped.types.map((one) => create(DroppedTypeSchema, one)),
    omittedBytes: BigInt(await sources.leftOut.omittedBytes(source)),
    heardAtMs: BigInt(source.heardAt ?? 0),
    refused: refused?.count ?? 0,
    refusedCode: refused?.code ?? "",
    unreadableSecrets: sources.unreadable(source),
    remindSeconds: options?.remindSeconds ?? 0,
    timeoutSeconds: options?.timeoutSeconds ?? 0,
    deliverAfter: String(options?.deliverAfter ?? ""),
    expiresAfterSeconds: options?.expiresAfterSeconds ?? 0,
    signatureHeader: options?.signatureHeader ?? "",
    deliveryHeader: options?.deliveryHeader ?? "",
    fanout: options?.fanout ?? "",
    trust: options?.trust ?? "",
  });
  if (options?.coalesce !== undefined) message.coalesce = create(CoalesceRuleSchema, options.coalesce);
  if (eventType !== null) message.eventType = create(EventTypeRuleSchema, filled(eventType));
  if (source.cause !== null) message.cause = create(CauseSchema, source.cause);
  return message;
}

function routesOf(routes: Routes): { routes: Record<string, string>; routeRules: Record<string, RouteRule> } {
  const prompts = Object.entries(routes).map(([pattern, route]) => [pattern, ruleOf(route).prompt ?? ""]);
  const rules = Object.entries(routes).flatMap(([pattern, route]) =>
    typeof route === "string" ? [] : [[pattern, messageOfRule(route)] as const],
  );
  return { routes: Object.fromEntries(prompts), routeRules: Object.fromEntries(rules) };
}

const messageOfRule = ({ priority, tag, fields }: Exclude<Routes[string], string>): RouteRule =>
  create(RouteRuleSchema, {
    priority: priority ?? "",
    fields: fields ?? [],
    ...(tag !== undefined && { tag }),
  });
