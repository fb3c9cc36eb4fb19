/** Clawback's thirteen requests, carried out by the calls that the control service answers: the same checks, the same walls. */
import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import {
  CreateCronRequestSchema,
  CreateSourceRequestSchema,
  CreateTokenRequestSchema,
  DeleteCronRequestSchema,
  DeleteSourceRequestSchema,
  GetAccountRequestSchema,
  ListCronsRequestSchema,
  ListHistoryRequestSchema,
  ListSessionsRequestSchema,
  ListSourcesRequestSchema,
  ListTokensRequestSchema,
  RotateTokenRequestSchema,
  SendMessageRequestSchema,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type AccountParts, getAccount } from "../api/account-calls.ts";
import type { Asker } from "../api/control-service.ts";
import { type CronParts, createCron, deleteCron, listCrons } from "../api/cron-calls.ts";
import { type HistoryParts, listHistory } from "../api/history-calls.ts";
import { listSessions, type MessageParts, sendMessage } from "../api/message-calls.ts";
import { createSource, deleteSource, listSources, type SourceParts } from "../api/source-calls.ts";
import { createToken, listTokens, rotateToken } from "../api/token-calls.ts";
import { tagOfLane } from "../domain/lane.ts";
import type { Store } from "../domain/ports/store.ts";
import { schemes } from "../domain/schemes/index.ts";
import { SCHEMES } from "../domain/source.ts";
import type { LiveSession } from "../services/live-session.ts";
import type { Log } from "../services/log.ts";
import { reaches } from "../services/token-reach.ts";
import type { Tokens } from "../services/tokens.ts";
import { cronAnswer, historyAnswer, sessionAnswer, sourceAnswer, tokenAnswer } from "./answers.ts";
import type { Request, RequestOf } from "./frames.ts";
import { notSent, secretNeeded } from "./refusals.ts";

export interface RequestParts extends AccountParts, CronParts, HistoryParts, MessageParts, SourceParts {
  tokens: Tokens;
  store: Store;
  log: Log;
}

const PAGE = 200;

/** The `data` of its answer. Throws `SignalboxError`. */
export async function answerTo(
  calls: RequestParts,
  asker: Asker,
  live: LiveSession,
  request: Request,
): Promise<unknown> {
  const from = { session: live.session, instance: live.instance };
  switch (request.type) {
    case "cron_create": {
      const { schedule, prompt, label, priority } = request;
      const asked = {
        schedule,
        prompt,
        label: label ?? "",
        priority: priority ?? "",
        tag: tagFor(request, live),
        from,
      };
      const { cron } = await createCron(calls)(asker, create(CreateCronRequestSchema, asked));
      return cronAnswer(cron);
    }
    case "cron_delete": {
      const gone = await deleteCron(calls)(asker, create(DeleteCronRequestSchema, { id: request.cronId }));
      return { removed: gone.removed };
    }
    case "cron_list":
      return allCrons(calls, asker);
    case "source_create":
      return makeSource(calls, asker, live, request);
    case "source_delete": {
      const asked = create(DeleteSourceRequestSchema, { id: request.sourceId });
      return { removed: (await deleteSource(calls)(asker, asked)).removed };
    }
    case "source_list":
      return (await listSources(calls)(asker, create(ListSourcesRequestSchema))).sources.map(sourceAnswer);
    case "event_history": {
      const limit = Math.max(0, Math.trunc(Math.min(request.limit ?? 0, 100)));
      const asked = create(ListHistoryRequestSchema, { limit });
      return (await listHistory(calls)(asker, asked)).events.map(historyAnswer);
    }
    case "account_info": {
      const { profileId, webhookBaseUrl, sessions } = await getAccount(calls)(
        asker,
        create(GetAccountRequestSchema),
      );
      const connected = sessions.filter(({ lane, state }) => state !== "away" && reaches(asker.token, lane));
      return {
        profileId,
        webhookId: profileId,
        // It puts the slash between base and slug itself.
        webhookBaseUrl: webhookBaseUrl.replace(/\/$/, ""),
        connectedClients: connected.length,
        ...ownTag(live),
      };
    }
    case "token_rotate": {
      const asked = create(RotateTokenRequestSchema, { label: request.label ?? "", from });
      const { token, id } = await rotateToken(calls)(asker, asked);
      return { token, id };
    }
    case "token_create": {
      const label = request.label ?? "";
      const { token, id } = await createToken(calls)(asker, create(CreateTokenRequestSchema, { label }));
      return { token, id, label };
    }
    case "token_list":
      return (await listTokens(calls)(asker, create(ListTokensRequestSchema))).tokens.map(tokenAnswer);
    case "session_send": {
      const { targets, content: text, priority, requestId } = request;
      const sent = await sendMessage(calls)(
        asker,
        create(SendMessageRequestSchema, {
          from,
          requestId: idOf(requestId),
          target: targets.join(","),
          text,
          priority: priority ?? "",
        }),
      );
      const refused = sent.posted.filter(({ outcome }) => outcome === "refused");
      const [first] = refused;
      if (first !== undefined && refused.length === sent.posted.length) throw notSent(first.reason);
      const count = (wanted: string) => sent.posted.filter(({ outcome }) => outcome === wanted).length;
      return { sent: count("sent"), queued: count("queued") };
    }
    case "session_list": {
      const { sessions } = await listSessions(calls)(asker, create(ListSessionsRequestSchema, { from }));
      return sessions.filter(({ state }) => state === "online" || state === "deaf").map(sessionAnswer);
    }
    default:
      return request satisfies never;
  }
}

async function allCrons(parts: RequestParts, asker: Asker): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let after = "", more = true; more; ) {
    const page = await listCrons(parts)(asker, create(ListCronsRequestSchema, { after, limit: PAGE }));
    all.push(...page.crons.map(cronAnswer));
    after = page.crons.at(-1)?.id ?? "";
    more = page.more && after !== "";
  }
  return all;
}

async function makeSource(
  calls: RequestParts,
  asker: Asker,
  live: LiveSession,
  request: RequestOf<"source_create">,
): Promise<unknown> {
  const { slug, verifierType, secret, skill, routes, eventType, priority } = request;
  const scheme = verifierType ?? "generic";
  if (!secret) await requireSecret(calls, asker, slug, scheme);
  const rule = eventType ?? null;
  const { source } = await createSource(calls)(
    asker,
    create(CreateSourceRequestSchema, {
      slug,
      scheme,
      secret: secret ?? "",
      skill: skill ?? "",
      routes: routes ?? {},
      priority: priority ?? "",
      tag: tagFor(request, live),
      cause: (await calls.store.claimOf(live.account, live.session))?.facts.id ?? "",
      ...(rule !== null && {
        eventType: { header: rule.header ?? "", body: rule.body ?? "", action: rule.action ?? "" },
      }),
    }),
  );
  return sourceAnswer(source);
}

/** A secret that the server makes is told once, and this answer has no place for it. */
async function requireSecret(calls: RequestParts, asker: Asker, slug: string, scheme: string): Promise<void> {
  const name = SCHEMES.find((one) => one === scheme);
  if (name === undefined || schemes[name].secret.from !== "owner") return;
  const known = (await calls.sources.list(asker.account)).find((source) => source.slug === slug);
  if (known?.scheme === name && known.secrets.length > 0) return;
  throw secretNeeded(name);
}

const ownTag = ({ lane }: LiveSession) => {
  const sessionTag = tagOfLane(lane);
  return sessionTag === null ? {} : { sessionTag };
};

/** What is created from a tagged session is for its tag, unless it says otherwise. */
const tagFor = ({ sessionTag }: { sessionTag?: string | null | undefined }, { lane }: LiveSession): string =>
  sessionTag ?? tagOfLane(lane) ?? "";

/** By which a message that is sent again is known: the same for the same request. */
const idOf = (requestId: string): string => createHash("sha256").update(requestId).digest("hex");
