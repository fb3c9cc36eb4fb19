/** Tells the server what the session is like: changes at once, mere signs of life at most once in 5 s. */
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type PresenceSchema, TurnLost } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { type Delivery, same, toWire, type Way, WIRE_WAY } from "./delivery.ts";
import type { FrameOut } from "./link.ts";
import type { Clock, Timer } from "./ports/clock.ts";

export const LIFE_MS = 5_000;

/** What is told of the session; any difference is told at once. */
export interface Face {
  busy: boolean;
  waiter: boolean;
  hooks: boolean;
  toolRunning: boolean;
  ready: boolean;
  interruptible: boolean;
  way: Way;
}

export type Loss = "cleared" | "escaped";

const WIRE_LOSS = { cleared: TurnLost.CLEARED, escaped: TurnLost.ESCAPED } as const;

export class Presence {
  #clock: Clock;
  #face: () => Face;
  #send: (frame: FrameOut) => boolean;
  #told: Face | null = null;
  #life = false;
  #saidLifeAt = Number.NEGATIVE_INFINITY;
  #later: Timer | null = null;
  #untold: { loss: Loss; lost: Delivery } | null = null;

  constructor(clock: Clock, face: () => Face, send: (frame: FrameOut) => boolean) {
    this.#clock = clock;
    this.#face = face;
    this.#send = send;
  }

  /** For the Hello; what differs from it later is told after the Welcome. */
  forHello(): MessageInitShape<typeof PresenceSchema> {
    const face = this.#face();
    this.#told = face;
    return asFrame(face, this.#life);
  }

  /** Something was heard of the session itself. */
  noteLife(): void {
    this.#life = true;
    this.refresh();
  }

  /** Tells what there is to tell, now or when the 5 s are over. */
  refresh(): void {
    const face = this.#face();
    const sinceMs = this.#clock.monotonic() - this.#saidLifeAt;
    if (!alike(face, this.#told) || (this.#life && sinceMs >= LIFE_MS)) {
      this.#tell(face);
      return;
    }
    if (!this.#life || this.#later !== null) return;
    this.#later = this.#clock.setTimer(LIFE_MS - sinceMs, () => {
      this.#later = null;
      this.refresh();
    });
  }

  /** The turn that had the event died. Told after the next Welcome where there is no link. */
  tellLoss(loss: Loss, lost: Delivery): void {
    const face = this.#face();
    const told = this.#send({
      case: "presence",
      value: { ...asFrame(face, loss === "cleared"), turnLost: WIRE_LOSS[loss], lost: toWire(lost) },
    });
    if (told) this.#told = face;
    this.#untold = told ? null : { loss, lost: toWire(lost) };
  }

  /** After a Welcome that left `inHand` in hand. */
  repeatLoss(inHand: Delivery | null): void {
    const untold = this.#untold;
    this.#untold = null;
    if (untold !== null && same(untold.lost, inHand)) this.tellLoss(untold.loss, untold.lost);
  }

  close(): void {
    this.#later?.cancel();
    this.#later = null;
  }

  #tell(face: Face): void {
    if (!this.#send({ case: "presence", value: asFrame(face, this.#life) })) return;
    this.#told = face;
    if (this.#life) this.#saidLifeAt = this.#clock.monotonic();
    this.#life = false;
    this.close();
  }
}

function asFrame({ way, ...face }: Face, life: boolean) {
  return { ...face, way: WIRE_WAY[way], life };
}

function alike(a: Face, b: Face | null): boolean {
  return (
    b !== null &&
    a.busy === b.busy &&
    a.waiter === b.waiter &&
    a.hooks === b.hooks &&
    a.toolRunning === b.toolRunning &&
    a.ready === b.ready &&
    a.interruptible === b.interruptible &&
    a.way === b.way
  );
}
