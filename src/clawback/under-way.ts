/** The requests of one client that are under way: each has one answer, and there are never many. */
import type { Asker } from "../api/control-service.ts";
import type { Doorkeeper } from "../auth/doorkeeper.ts";
import type { LiveSession } from "../services/live-session.ts";
import type { Sessions } from "../services/sessions.ts";
import type { Request } from "./frames.ts";
import { knownOf } from "./refusals.ts";
import { answerTo, type RequestParts } from "./requests.ts";

const MOST = 16;

export interface AnswersParts extends RequestParts {
  sessions: Sessions;
  doorkeeper: Doorkeeper;
}

export class Answers {
  readonly #parts: AnswersParts;
  readonly #send: (frame: object) => unknown;
  #underWay = 0;
  /** Set when the client was let in. */
  asker: Asker | null = null;

  constructor(parts: AnswersParts, send: (frame: object) => unknown) {
    this.#parts = parts;
    this.#send = send;
  }

  async answer(live: LiveSession, request: Request): Promise<void> {
    const { requestId } = request;
    if (this.asker === null || this.#underWay >= MOST) {
      this.say(requestId, { error: `At most ${MOST} requests can be under way; wait for an answer.` });
      return;
    }
    this.#underWay += 1;
    // Whoever asks lives.
    this.#parts.sessions.presence(live, { ...live.presence }, true);
    try {
      this.#parts.doorkeeper.call(this.asker.account.id);
      this.say(requestId, { data: await answerTo(this.#parts, this.asker, live, request) });
    } catch (error) {
      this.say(requestId, { error: knownOf(error, this.#parts.log).line });
    } finally {
      this.#underWay -= 1;
    }
  }

  say(requestId: string, answer: { data: unknown } | { error: string }): void {
    this.#send({ type: "response", requestId, data: null, ...answer });
  }
}
