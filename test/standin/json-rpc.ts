/**
 * One end of a JSON-RPC 2.0 conversation, over whatever carries its messages: a server's stdio, or the channel
 * between a test and a stand-in that runs as a process of its own. A request that is aborted tells the other
 * side by `notifications/cancelled`, as MCP has it, and its handler there sees its signal abort.
 */
import { z } from "zod";

export type Params = Record<string, unknown>;

const messageSchema = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.number(), z.string()]).optional(),
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});
export type Message = z.infer<typeof messageSchema>;

const cancelledSchema = z.object({ requestId: z.union([z.number(), z.string()]) });

/** The answer was an error, or no answer can come any more. */
export class RpcFailure extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = "RpcFailure";
    this.code = code;
  }
}

export const METHOD_NOT_FOUND = -32601;
export const CONNECTION_CLOSED = -32000;

export interface PeerEdge {
  send(message: Message): void;
  answer(method: string, params: Params, signal: AbortSignal): Promise<unknown>;
  note(method: string, params: Params): void;
}

export class JsonRpcPeer {
  #edge: PeerEdge;
  #nextId = 1;
  #asked = new Map<number | string, { resolve(result: unknown): void; reject(error: Error): void }>();
  #answering = new Map<number | string, AbortController>();
  #closed: string | undefined;

  constructor(edge: PeerEdge) {
    this.#edge = edge;
  }

  async request(method: string, params: Params, signal?: AbortSignal): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw new RpcFailure(CONNECTION_CLOSED, this.#closed);
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#asked.set(id, { resolve, reject });
    const cancel = () => {
      this.notify("notifications/cancelled", { requestId: id, reason: "aborted" });
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    this.#edge.send({ jsonrpc: "2.0", id, method, params });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#asked.delete(id);
    }
  }

  notify(method: string, params: Params): void {
    if (this.#closed === undefined) this.#edge.send({ jsonrpc: "2.0", method, params });
  }

  /** Takes one message from the other side; `false` if it is none. */
  receive(raw: unknown): boolean {
    const parsed = messageSchema.safeParse(raw);
    if (!parsed.success) return false;
    const { id, method, params = {}, result, error } = parsed.data;
    if (method !== undefined && id !== undefined) void this.#answer(id, method, params);
    else if (method === "notifications/cancelled") this.#cancel(params);
    else if (method !== undefined) this.#edge.note(method, params);
    else if (id !== undefined && error)
      this.#asked.get(id)?.reject(new RpcFailure(error.code, error.message));
    else if (id !== undefined) this.#asked.get(id)?.resolve(result);
    return true;
  }

  /** Ends what is open on both sides; later requests fail with the same reason. */
  close(reason: string): void {
    this.#closed ??= reason;
    for (const asked of this.#asked.values()) asked.reject(new RpcFailure(CONNECTION_CLOSED, this.#closed));
    for (const answering of this.#answering.values()) answering.abort(new Error(this.#closed));
  }

  async #answer(id: number | string, method: string, params: Params): Promise<void> {
    const controller = new AbortController();
    this.#answering.set(id, controller);
    try {
      const result = (await this.#edge.answer(method, params, controller.signal)) ?? {};
      this.#reply({ jsonrpc: "2.0", id, result });
    } catch (error) {
      const code = error instanceof RpcFailure ? error.code : -32603;
      const message = error instanceof Error ? error.message : String(error);
      this.#reply({ jsonrpc: "2.0", id, error: { code, message } });
    } finally {
      this.#answering.delete(id);
    }
  }

  #reply(message: Message): void {
    if (this.#closed === undefined) this.#edge.send(message);
  }

  #cancel(params: Params): void {
    const parsed = cancelledSchema.safeParse(params);
    if (parsed.success)
      this.#answering.get(parsed.data.requestId)?.abort(new Error("aborted by the other side"));
  }
}
