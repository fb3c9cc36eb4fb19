/** Clawback's documentation of `source_list` and `source_delete`. */
import { expect } from "vitest";
import { long, NO_TEXT, type ToolCheck } from "./check.ts";
import { type Made, type Place, SECRET } from "./place.ts";

export const UNKNOWN_SOURCE = "src_00000000000000000000000000";

export const SOURCE_LISTS: Readonly<Record<string, ToolCheck>> = {
  source_list: {
    answers: "every source as source_create tells it, and never a secret",
    told: async (at) => {
      const made = await at.source({ routes: { push: "/look" } });
      const told = await listed(at, made);
      expect(told).toContain(`URL: ${made.url}`);
      expect(told).toContain('Routes: push → "/look"');
      expect(await at.ask("source_list")).not.toContain(SECRET);
    },
    least: () => ({}),
    arguments: {
      after: {
        promise: "goes on behind a source",
        holds: async (at) => {
          const [one, two] = [await at.source(), await at.source()];
          const [first = "", last = ""] = [one.slug, two.slug].sort();
          const list = await at.ask("source_list", { after: first });
          expect(list).toContain(`${last} (`);
          expect(list).not.toContain(`${first} (`);
        },
        refuses: [["", /is empty: Go on behind/], [long(65), /has more than 64 characters/], NO_TEXT],
      },
      limit: {
        promise: "is how many are told at most",
        default: 50,
        holds: async (at) => {
          await at.source();
          await at.source();
          const list = await at.ask("source_list", { limit: 1 });
          expect(list.match(/^ {2}URL: /gm)).toHaveLength(1);
          expect(list).toMatch(/There are more: call source_list with after "[^"]+"\./);
        },
        refuses: [
          [0, /takes 1 to 50/],
          [51, /takes 1 to 50/],
          ["all", /takes 1 to 50/],
        ],
      },
    },
  },

  source_delete: {
    answers: "that it is gone",
    told: async (at) => {
      const { id } = await at.source();
      expect(await at.ask("source_delete", { id })).toBe(`${id} is deleted.`);
    },
    least: (at) => at.source().then(({ id }) => ({ id })),
    arguments: {
      id: {
        promise: "names the source whose URL takes no more requests",
        required: true,
        holds: async (at) => {
          const made = await at.source();
          await at.ask("source_delete", { id: made.id });
          expect((await at.send(made)).status).toBe(404);
          expect(await listed(at, made)).toBe("");
        },
        refuses: [
          ["", /id: is empty: The source's id, src_/],
          [UNKNOWN_SOURCE, /There is no source src_0+\. source_list tells the ids/],
          [long(121), /longer than any there is/],
          NO_TEXT,
        ],
      },
    },
  },
};

/** What the list says of a source, wherever in it it stands; empty: nothing. */
export async function listed(at: Place, { slug }: Made): Promise<string> {
  for (let after: string | undefined; ; ) {
    const list = await at.ask("source_list", { after });
    const lines = list.split("\n");
    const first = lines.findIndex((line) => line.startsWith(`${slug} (`));
    const next = lines.findIndex((line, i) => i > first && !line.startsWith(" "));
    if (first !== -1) return lines.slice(first, next === -1 ? undefined : next).join("\n");
    after = /call source_list with after "([^"]+)"/.exec(list)?.[1];
    if (after === undefined) return "";
  }
}
