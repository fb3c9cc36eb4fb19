/** A control service on loopback that answers from what a test gives it, and notes what it was asked. */
import { create } from "@bufbuild/protobuf";
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from "@grpc/grpc-js";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import {
  CheckSignInResponseSchema,
  ControlService,
  type CreateSourceRequest,
  CreateSourceResponseSchema,
  type CreateTokenRequest,
  CreateTokenResponseSchema,
  type EventInfo,
  GetAccountResponseSchema,
  type Lane,
  ListAccountsResponseSchema,
  ListEventsResponseSchema,
  ListLanesResponseSchema,
  ListSourcesResponseSchema,
  type ReplayEventsRequest,
  type ReplayEventsResponse,
  ReplayEventsResponseSchema,
  type SessionInfo,
  type Source,
  SourceSchema,
  type WatchEventRequest,
  type WatchEventResponse,
} from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SignalboxError } from "../../src/domain/errors.ts";
import { grpcDefinition } from "../../src/edges/grpc-definition.ts";
import { toServiceError } from "../../src/edges/grpc-status.ts";

export interface ControlServer {
  url: string;
  /** Tokens that it knows. */
  tokens: Set<string>;
  /** Labels of the tokens that were made. */
  made: string[];
  sources: Source[];
  lanes: Lane[];
  /** As asked for. */
  createdSources: CreateSourceRequest[];
  sessions: SessionInfo[];
  events: EventInfo[];
  /** What each call is answered, one after the other. */
  replays: ReplayEventsResponse[];
  replaysAsked: ReplayEventsRequest[];
  /** What a watcher is told; then its stream stays open. */
  steps: WatchEventResponse[];
  close(): void;
}

export const ADMIN_TOKEN = "cbt_admin";

export async function controlServer(): Promise<ControlServer> {
  const state: Omit<ControlServer, "url" | "close"> = {
    tokens: new Set([ADMIN_TOKEN]),
    made: [],
    sources: [],
    lanes: [],
    createdSources: [],
    sessions: [],
    events: [],
    replays: [],
    replaysAsked: [],
    steps: [],
  };
  const unary =
    <I, O>(answer: (request: I) => O) =>
    (call: ServerUnaryCall<I, O>, reply: sendUnaryData<O>) => {
      const token = String(call.metadata.get("authorization")[0] ?? "").replace("Bearer ", "");
      if (state.tokens.has(token)) reply(null, answer(call.request));
      else
        reply(
          toServiceError(new SignalboxError("unauthenticated", "bad_token", "no such token", "Make one")),
        );
    };
  const server = new Server();
  server.addService(grpcDefinition(ControlService), {
    getAccount: unary(() =>
      create(GetAccountResponseSchema, {
        profileId: "p_test",
        serverVersion: "9.9.9",
        sessions: state.sessions,
      }),
    ),
    createToken: unary(({ label }: CreateTokenRequest) => {
      const token = `cbt_made_${state.made.push(label)}`;
      state.tokens.add(token);
      return create(CreateTokenResponseSchema, { id: "tok_1", token });
    }),
    listAccounts: unary(() => create(ListAccountsResponseSchema, { accounts: [{ label: "local" }] })),
    checkSignIn: unary(() => create(CheckSignInResponseSchema, { by: "local" })),
    listLanes: unary(() => create(ListLanesResponseSchema, { lanes: state.lanes })),
    listSources: unary(() => create(ListSourcesResponseSchema, { sources: state.sources })),
    createSource: unary((request: CreateSourceRequest) => {
      state.createdSources.push(request);
      const { slug, scheme, tag } = request;
      const before = state.sources.find((source) => source.slug === slug);
      const id = before?.id ?? `src_${state.sources.length + 1}`;
      const source = create(SourceSchema, { id, slug, scheme, lane: `tag:${tag}` });
      state.sources = [...state.sources.filter((other) => other !== before), source];
      return create(CreateSourceResponseSchema, { source });
    }),
    listEvents: unary(() => {
      const counts: Record<string, number> = {};
      for (const { state: name } of state.events) counts[name] = (counts[name] ?? 0) + 1;
      return create(ListEventsResponseSchema, { events: state.events, counts });
    }),
    replayEvents: unary((request: ReplayEventsRequest) => {
      state.replaysAsked.push(request);
      return state.replays.shift() ?? create(ReplayEventsResponseSchema, {});
    }),
    watchEvent(call: ServerWritableStream<WatchEventRequest, WatchEventResponse>) {
      for (const step of state.steps) call.write(step);
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  onTestFinished(() => server.forceShutdown());
  return Object.assign(state, { url: `http://127.0.0.1:${port}`, close: () => server.forceShutdown() });
}
