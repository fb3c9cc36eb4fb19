/** Promise 3 of a lane that is paused: whoever was told so sees nothing leave it until he asks for it. */
import type { Happening } from "../happening.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const paused: MakeInvariant = ({ disk }) => {
  const held = new Set<string>();

  function asked({ writes }: Extract<Happening, { kind: "asked" }>): void {
    for (const write of writes) {
      if (write.kind !== "event" && write.kind !== "append") continue;
      const { facts, actor } = write.record;
      const before = disk.rows.events.get(facts.id)?.seen.actor.context.delivery ?? 0;
      if (actor.context.delivery > before && held.has(`${facts.account} ${facts.lane}`))
        throw new Broken(3, `${facts.id} leaves lane ${facts.lane}, which is paused`);
    }
  }

  return {
    promise: 3,
    title: "nothing leaves a paused lane",
    sees(happening) {
      if (happening.kind === "asked") return asked(happening);
      if (happening.kind !== "lane") return;
      const key = `${happening.account} ${happening.lane}`;
      if (happening.paused) held.add(key);
      else held.delete(key);
    },
  };
};
