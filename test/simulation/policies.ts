/** What the owner of the box knows of the policies of its lanes: null while nobody was told how it is. */
import type { Policy } from "../../src/domain/turns.ts";
import type { Happening } from "./happening.ts";

export class Policies {
  readonly #known = new Map<string, Policy | null>();

  sees(happening: Happening): void {
    if (happening.kind !== "policy") return;
    this.#known.set(`${happening.account} ${happening.lane}`, happening.policy);
  }

  of(account: string, lane: string): Policy | null {
    return this.#known.get(`${account} ${lane}`) ?? (this.#known.has(`${account} ${lane}`) ? null : "fifo");
  }
}
