/** Whether this session may have a link, by the configuration as it is now, and under which tag. */
import type { Configuration } from "./configuration.ts";
import { joining } from "./joining.ts";
import type { LoadSetup } from "./ports/setup.ts";
import type { Surroundings } from "./surroundings.ts";
import { chooseTag } from "./tag.ts";

export type Standing =
  | { kind: "member"; configuration: Configuration; tag: string }
  /** Configured, but it takes no events now. */
  | { kind: "outside"; configuration: Configuration; tag: string; why: string }
  | { kind: "bad_tag"; configuration: Configuration; problem: string }
  | { kind: "unconfigured"; problem: string };

export class Membership {
  #load: LoadSetup;
  #surroundings: Surroundings;
  #asked = false;

  constructor(load: LoadSetup, surroundings: Surroundings) {
    this.#load = load;
    this.#surroundings = surroundings;
  }

  /** The session has called `event_take`: it takes part from now on, unless it must not. */
  ask(): void {
    this.#asked = true;
  }

  /** Never rejects. */
  async standing(): Promise<Standing> {
    const setup = await this.#load();
    if (setup.kind === "missing") return { kind: "unconfigured", problem: howToConnect(setup.path) };
    if (setup.kind === "refused") return { kind: "unconfigured", problem: setup.problem };
    const { configuration } = setup;
    const choice = chooseTag(this.#surroundings, configuration);
    if (choice.kind === "invalid") return { kind: "bad_tag", configuration, problem: choice.problem };
    const { tag } = choice;
    const joins = joining(configuration.join, this.#surroundings);
    switch (joins.kind) {
      case "joins":
        return { kind: "member", configuration, tag };
      case "on_take":
        return this.#asked
          ? { kind: "member", configuration, tag }
          : { kind: "outside", configuration, tag, why: "it joins by its first event_take" };
      case "stays_out":
        return { kind: "outside", configuration, tag, why: joins.why };
      default:
        return joins satisfies never;
    }
  }
}

function howToConnect(path: string): string {
  return `Signalbox is not configured: there is no token in ${path}. Run npm run connect in the clone of Signalbox, which writes it, or /signalbox:configure with a token; this session takes it up by itself within seconds.`;
}
