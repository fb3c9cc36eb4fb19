/** Tells the user of events that reach this session, where his configuration asks for it. Names alone: payloads stay where they are. */
import type { Deliver } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { EVENT_ID } from "./delivery.ts";
import type { Membership } from "./membership.ts";
import type { Desktop } from "./ports/desktop.ts";
import { word } from "./tools/names.ts";

export class Notices {
  #membership: Membership;
  #desktop: Desktop;

  constructor(membership: Membership, desktop: Desktop) {
    this.#membership = membership;
    this.#desktop = desktop;
  }

  /** An event that was not in hand before. */
  async arrived({ meta, band }: Pick<Deliver, "meta" | "band">): Promise<void> {
    const standing = await this.#membership.standing();
    if (standing.kind === "unconfigured" || !standing.configuration.notifications) return;
    const named = (name: string): string => (Object.hasOwn(meta, name) ? word(meta[name] ?? "") : "");
    const lane = named("lane");
    const urgent = band === "interrupt" ? ", an interrupt" : "";
    const where = EVENT_ID.test(named("event_id")) && lane !== "" ? ` for ${lane}` : "";
    this.#desktop.notify(
      "Signalbox",
      `${named("type") || "An event"} from ${named("from") || "somebody"}${where}${urgent}`,
    );
  }
}
