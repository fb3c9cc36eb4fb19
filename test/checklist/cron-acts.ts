/** What is done with crons to look at them. */
import { found, type Place } from "./place.ts";

/** An event of the cron's, now. */
export const run = async (at: Place, id: string): Promise<{ id: string }> => ({
  id: found(await at.ask("cron_run", { id }), /evt_\w+/),
});

/** What the list says of a cron, wherever in it it stands; empty: nothing. */
export async function listed(at: Place, id: string): Promise<string> {
  for (let after: string | undefined; ; ) {
    const list = await at.ask("cron_list", { after });
    const lines = list.split("\n");
    const first = lines.findIndex(
      (line) => !line.startsWith(" ") && line.includes(id) && !line.includes("cron_list"),
    );
    const next = lines.findIndex((line, i) => i > first && !line.startsWith(" "));
    if (first !== -1) return lines.slice(first, next === -1 ? undefined : next).join("\n");
    after = /call cron_list with after "([^"]+)"/.exec(list)?.[1];
    if (after === undefined) return "";
  }
}
