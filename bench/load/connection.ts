/**
 * One keep-alive connection that always has one request under way. It knows as much of HTTP as the answers need, so that the
 * load costs little beside what is measured: both share the machine.
 */
import { connect, type Socket } from "node:net";
import type { LoadRequest } from "./request.ts";

export class Connection {
  readonly #socket: Socket;
  readonly #request: LoadRequest;
  readonly #onAnswer: (ms: number) => void;
  readonly #ended = Promise.withResolvers<void>();
  #sentAt = 0;
  #answer = "";
  #goesOn = true;

  constructor(url: URL, request: LoadRequest, onAnswer: (ms: number) => void) {
    this.#request = request;
    this.#onAnswer = onAnswer;
    this.#socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("connect", () => this.#send());
    this.#socket.on("data", (text: string) => this.#hear(text));
    this.#socket.on("error", (error) => this.#ended.reject(error));
    this.#socket.on("close", () =>
      this.#ended.reject(new Error("the server closed a connection under load")),
    );
  }

  /** Resolves when the request under way was answered; rejects if any of the connection's failed. */
  end(): Promise<void> {
    this.#goesOn = false;
    return this.#ended.promise;
  }

  /** Rejects when a request fails. */
  get failed(): Promise<void> {
    return this.#ended.promise;
  }

  #send(): void {
    this.#sentAt = performance.now();
    this.#socket.write(this.#request.next());
  }

  #hear(text: string): void {
    this.#answer += text;
    const bodyAt = this.#answer.indexOf("\r\n\r\n") + 4;
    if (bodyAt < 4) return;
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(this.#answer) ?? [];
    if (this.#answer.length < bodyAt + Number(length ?? 0)) return;
    const answer = this.#answer;
    this.#answer = "";
    if (length === undefined || !answer.startsWith(this.#request.answer)) this.#fail(answer);
    else this.#answered();
  }

  #answered(): void {
    this.#onAnswer(performance.now() - this.#sentAt);
    if (this.#goesOn) {
      this.#send();
    } else {
      this.#ended.resolve();
      this.#socket.destroy();
    }
  }

  #fail(answer: string): void {
    this.#ended.reject(
      new Error(`a request under load was not answered as it should be: ${answer.slice(0, 500)}`),
    );
    this.#socket.destroy();
  }
}
