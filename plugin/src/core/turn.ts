/**
 * Whether a turn of Claude is running, as hooks tell it: UserPromptSubmit begins it, Stop or StopFailure ends it. Esc
 * ends it without a word, so that a quiet time with no hook at all counts as its end (seen with client 2.1.329).
 */
import { type Delivery, same } from "./delivery.ts";
import type { Clock, Timer } from "./ports/clock.ts";

export const QUIET_MS = 60_000;
/** A tool call under way is life for so long. */
export const TOOL_QUIET_MS = 15 * 60_000;
export const EVENTS_A_TURN = 5;

type TurnState =
  | { kind: "idle" }
  | {
      kind: "busy";
      /** The user, or something else that isn't ours, had a word in it. */
      typed: boolean;
      /** Events that this turn has been given. */
      events: Delivery[];
      /** Tool calls under way, by id. */
      tools: Set<string>;
      /** The event that it worked on when an interrupt took its place: it is to be given back to it. */
      stopped: string | null;
      quiet: Timer;
    };

export class Turn {
  #clock: Clock;
  #onQuiet: () => void;
  #state: TurnState = { kind: "idle" };

  /** `onQuiet`: the turn has ended without a word. */
  constructor(clock: Clock, onQuiet: () => void) {
    this.#clock = clock;
    this.#onQuiet = onQuiet;
  }

  get busy(): boolean {
    return this.#state.kind === "busy";
  }

  get toolRunning(): boolean {
    return this.#state.kind === "busy" && this.#state.tools.size > 0;
  }

  /** The turn came from an event, nobody else has had a word in it, and it has not had its fill. */
  get takesMore(): boolean {
    const state = this.#state;
    return state.kind === "busy" && !state.typed && state.events.length < EVENTS_A_TURN;
  }

  /** The last event that this turn was given, unless somebody else has had a word in it. */
  get cause(): string | null {
    const state = this.#state;
    return state.kind === "busy" && !state.typed ? (state.events.at(-1)?.eventId ?? null) : null;
  }

  /** Nothing but an interrupt stands between the turn and the event that it worked on. */
  get takesBack(): boolean {
    return this.#state.kind === "busy" && this.#state.stopped !== null;
  }

  stopped({ eventId }: Delivery): void {
    if (this.#state.kind === "busy") this.#state.stopped = eventId;
  }

  /** A prompt begins a turn or joins it. `ours`: it is one of the plugin's own. */
  prompt(ours: boolean): void {
    if (this.#state.kind === "idle") this.#begin(!ours);
    else {
      this.#state.typed ||= !ours;
      this.#listen();
    }
  }

  toolBegins(id: string): void {
    // A call in a turn whose beginning nobody told: its prompt is unknown, so it counts as the user's.
    if (this.#state.kind === "idle") this.#begin(true);
    if (this.#state.kind === "busy") this.#state.tools.add(id);
    this.#listen();
  }

  toolEnds(id: string): void {
    if (this.#state.kind === "busy") this.#state.tools.delete(id);
    this.#listen();
  }

  /** It wanted to end: no call is under way, also none whose end nobody told because it was denied. */
  goesOn(): void {
    if (this.#state.kind === "busy") this.#state.tools.clear();
    this.#listen();
  }

  /** Any other hook. */
  heard(): void {
    this.#listen();
  }

  given(delivery: Delivery): void {
    const state = this.#state;
    this.settled(delivery);
    if (state.kind === "busy" && !state.events.some((one) => same(one, delivery)))
      state.events.push(delivery);
  }

  /** The event is not to be given back any more. */
  settled({ eventId }: Delivery): void {
    if (this.#state.kind === "busy" && this.#state.stopped === eventId) this.#state.stopped = null;
  }

  end(): void {
    if (this.#state.kind === "busy") this.#state.quiet.cancel();
    this.#state = { kind: "idle" };
  }

  #begin(typed: boolean): void {
    const quiet = this.#clock.setTimer(QUIET_MS, () => this.#lapse());
    this.#state = { kind: "busy", typed, events: [], tools: new Set(), stopped: null, quiet };
  }

  #listen(): void {
    const state = this.#state;
    if (state.kind === "idle") return;
    state.quiet.cancel();
    state.quiet = this.#clock.setTimer(state.tools.size > 0 ? TOOL_QUIET_MS : QUIET_MS, () => this.#lapse());
  }

  #lapse(): void {
    this.end();
    this.#onQuiet();
  }
}
