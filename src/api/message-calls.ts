/** What sessions ask about each other. */
import { create } from "@bufbuild/protobuf";
import {
  type ListedSession,
  ListedSessionSchema,
  type ListSessionsRequest,
  type ListSessionsResponse,
  ListSessionsResponseSchema,
  type Posted as PostedMessage,
  PostedSchema,
  type SendMessageRequest,
  type SendMessageResponse,
  SendMessageResponseSchema,
  type SessionFace as WireFace,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { Priority } from "../domain/order.ts";
import type { Store } from "../domain/ports/store.ts";
import { type SessionRecord, sessionState } from "../domain/session.ts";
import type { Messages, Posted } from "../services/messages.ts";
import { type SessionFace, sessionOf } from "../services/session-name.ts";
import { reaches } from "../services/token-reach.ts";
import { waitingIn } from "../services/waiting.ts";
import type { Asker } from "./control-service.ts";
import * as Requests from "./requests.ts";
import { requireBounds } from "./requests.ts";

export interface MessageParts {
  store: Store;
  messages: Messages;
}

export const sendMessage =
  ({ messages }: MessageParts) =>
  async ({ token }: Asker, request: SendMessageRequest): Promise<SendMessageResponse> => {
    requireBounds(Requests.SendMessage, request);
    const { from, requestId, target, text, priority, replyTo, cause, fanout } = request;
    const { posted, hops } = await messages.send(token, {
      from: faceOf(from),
      requestId,
      target,
      text,
      priority: priority === "" ? "normal" : (priority as Priority), // Its bounds are those.
      replyTo: replyTo === "" ? null : replyTo,
      cause: cause === "" ? null : cause,
      fanout: fanout === "" ? null : "all",
    });
    return create(SendMessageResponseSchema, { posted: posted.map(postedOf), hops });
  };

/** Of the lanes that the token reaches. */
export const listSessions =
  ({ store }: MessageParts) =>
  async ({ account, token }: Asker, request: ListSessionsRequest): Promise<ListSessionsResponse> => {
    requireBounds(Requests.ListSessions, request);
    const mine = await sessionOf(store, account.id, faceOf(request.from));
    const present = (await store.sessions(account.id)).filter(({ actor }) =>
      reaches(token, actor.context.lane),
    );
    const lanes = [...new Set(present.map(({ actor }) => actor.context.lane))];
    return create(ListSessionsResponseSchema, {
      sessions: present.map((session) => listed(session, mine)),
      lanes: await Promise.all(
        lanes.map(async (lane) => {
          const { count, more } = await waitingIn(store, account.id, lane);
          return { lane, waiting: count, more };
        }),
      ),
    });
  };

const faceOf = (face: WireFace | undefined): SessionFace => ({
  session: face?.session ?? "",
  instance: face?.instance ?? "",
});

function postedOf(posted: Posted): PostedMessage {
  const { lane, outcome } = posted;
  if (outcome === "refused") return create(PostedSchema, { lane, outcome, reason: posted.reason });
  return create(PostedSchema, { lane, outcome, eventId: posted.id, copies: posted.copies });
}

function listed(session: SessionRecord, mine: SessionRecord | null): ListedSession {
  const { lane, client, project, messaging } = session.actor.context;
  return create(ListedSessionSchema, {
    lane,
    state: sessionState(session),
    client,
    project,
    takesMessages: messaging,
    current: session.id === mine?.id,
  });
}
