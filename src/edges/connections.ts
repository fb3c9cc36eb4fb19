/**
 * The connections of one listener, bounded: whoever opens thousands must not keep others out, nor fill the memory. In a
 * full house the one goes who has been there longest without showing that he is wanted; a newcomer that says at once what
 * he wants is served meanwhile.
 */
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";

export interface ConnectionLimits {
  most: number;
  /** Of those that nobody has vouched for. */
  mostStrangers: number;
  /** How a stranger stands: he owes us the rest of what he asks, has been answered, or is being served and stays. */
  standing?: (peer: string) => Standing;
  /** Told of each that had to go. */
  onFull: () => void;
}

export type Standing = "owing" | "answered" | "served";

const peers = new WeakMap<Socket, string>();

/** As grpc-js names whoever calls. Asked for with each request, and the same as long as there is a connection. */
export function peerOf(socket: Socket): string {
  const known = peers.get(socket) ?? `${socket.remoteAddress}:${socket.remotePort}`;
  peers.set(socket, known);
  return known;
}

export class Connections {
  readonly #limits: ConnectionLimits;
  /** In the order in which they came. */
  readonly #all = new Map<string, { socket: Socket; since: number }>();
  readonly #trusted = new Set<string>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  admit(socket: Socket): void {
    const peer = peerOf(socket);
    this.#all.set(peer, { socket, since: performance.now() });
    // Who breaks off is gone: `close` tells of it.
    socket.on("error", () => {});
    socket.once("close", () => {
      if (this.#all.get(peer)?.socket !== socket) return;
      this.#all.delete(peer);
      this.#trusted.delete(peer);
    });
    if (this.#isFull()) this.#makeRoom();
  }

  /** He has shown a token that is known here. */
  trust(peer: string): void {
    if (this.#all.has(peer)) this.#trusted.add(peer);
  }

  /** Ends the connection without a word, with all that waits to be sent on it. */
  cut(peer: string): void {
    this.#all.get(peer)?.socket.destroy();
  }

  /** Strangers that have been there for longer. */
  cutStrangers(olderThanMs: number): void {
    const before = performance.now() - olderThanMs;
    for (const [peer, { socket, since }] of this.#all) {
      if (since > before) return;
      if (!this.#trusted.has(peer)) socket.destroy();
    }
  }

  cutAll(): void {
    for (const { socket } of this.#all.values()) socket.destroy();
  }

  #isFull(): boolean {
    const { most, mostStrangers } = this.#limits;
    return this.#all.size > most || this.#all.size - this.#trusted.size > mostStrangers;
  }

  /** Where all are wanted it is the newcomer who goes: he is the last. */
  #makeRoom(): void {
    this.#limits.onFull();
    const stranger = this.#oldest("owing") ?? this.#oldest("answered");
    const socket = stranger ?? [...this.#all.values()].at(-1)?.socket;
    socket?.destroy();
  }

  #oldest(wanted: Standing): Socket | undefined {
    const { standing } = this.#limits;
    for (const [peer, { socket }] of this.#all) {
      if (socket.destroyed || this.#trusted.has(peer)) continue;
      if ((standing?.(peer) ?? "owing") === wanted) return socket;
    }
    return undefined;
  }
}
