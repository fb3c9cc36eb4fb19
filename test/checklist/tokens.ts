/** Clawback's documentation of the account and its tokens: `account_info`, `token_create`, `token_list`, `token_rotate`. */
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "vitest";
import { z } from "zod";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { controlClient } from "../../src/cli/control-client.ts";
import { BAD_TAG, long, NO_TEXT, type Refused, type ToolCheck } from "./check.ts";
import { found, OTHER, OWN, type Place } from "./place.ts";

const TOKEN = /cbt_[A-Za-z0-9_-]{10,}/;
const LABEL: readonly Refused[] = [
  ["", /a label has 1 to 100 characters/],
  [" ", /a label has 1 to 100 characters/],
  [long(101), /a label has 1 to 100 characters/],
  NO_TEXT,
];
const Configuration = z.looseObject({ connectionToken: z.string(), session: z.string().optional() });

export const TOKEN_TOOLS: Readonly<Record<string, ToolCheck>> = {
  account_info: {
    answers: "profile id, webhook base URL, connected sessions and the own tag",
    told: async (at) => {
      const { httpUrl, accountProfileId } = at.server.running;
      const text = await at.ask("account_info");
      expect(text).toContain(`Profile: ${accountProfileId}\n`);
      expect(text).toContain(`Webhook base URL: ${httpUrl}/webhook/${accountProfileId}/\n`);
      expect(text).toMatch(new RegExp(`^- ${OWN}: online \\(another-client`, "m"));
      expect(text).toMatch(new RegExp(`^- ${OTHER}: online`, "m"));
      expect(text).toContain(`This session: tag ${OWN},`);
    },
    least: () => ({}),
    arguments: {},
  },

  token_create: {
    answers: "its prefix and the 0600 file that it was put into, and never the token",
    told: async (at) => {
      const text = await at.ask("token_create", { label: "phone" });
      expect(text).toMatch(/tok_\w+, cbt_\w{4}…/);
      expect(text).not.toMatch(TOKEN);
      const path = pathIn(at, text);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      await worksWith(at, configurationIn(path).connectionToken);
    },
    least: () => ({ label: "never" }),
    arguments: {
      label: {
        promise: "is what it is for; it can be left out",
        holds: async (at) => {
          const label = at.fresh("phone");
          const text = await at.ask("token_create", { label });
          expect(text).toContain(`"${label}"`);
          expect(await at.ask("token_list")).toContain(`${found(text, /tok_\w+/)} "${label}"`);
          const bare = found(await at.ask("token_create"), /tok_\w+/);
          expect(await at.ask("token_list")).toContain(`${bare} without a label`);
        },
        refuses: LABEL,
      },
      session: {
        promise: "is the only tag that it serves; by default it reaches what this session's own does",
        holds: async (at) => {
          const text = await at.ask("token_create", { label: "bound", session: OTHER });
          expect(text).toContain(`bound to ${OTHER}`);
          const { connectionToken, session } = configurationIn(pathIn(at, text));
          expect(session).toBe(OTHER);
          await expect(worksWith(at, connectionToken, "elsewhere")).rejects.toThrow();
          expect(await at.ask("token_list")).toMatch(
            new RegExp(`${found(text, /tok_\w+/)}.*bound to ${OTHER}`),
          );
          const free = found(await at.ask("token_create", { label: "free" }), /tok_\w+/);
          expect(await at.ask("token_list")).toMatch(new RegExp(`${free}.*every lane`));
        },
        refuses: [BAD_TAG, ["", /a tag has 1 to 64/], NO_TEXT],
      },
    },
  },

  token_list: {
    answers: "id, label, last seen, created, which is current; never the token",
    told: async (at) => {
      const text = await at.ask("token_list");
      const mine = text.split("\n").filter((line) => line.includes("(this session's own)"));
      expect(mine).toHaveLength(1);
      expect(mine[0]).toMatch(
        /^- tok_\w+ "laptop.*" \(this session's own\), every lane, created \d{4}-\d\d-\d\dT\d\d:\d\dZ, last seen \d{4}-/,
      );
      expect(text).not.toMatch(/cbt_/);
    },
    least: () => ({}),
    arguments: {},
  },

  token_rotate: {
    answers: "that a new one is in the configuration file, the old one revoked, and the link goes on",
    told: async (at) => {
      const before = configurationIn(at.world.config);
      const text = await at.ask("token_rotate");
      expect(text).toMatch(/The new token "laptop.*" \(tok_\w+\) is in .*config\.json/);
      expect(text).toContain("The old one is revoked; this session's link goes on.");
      expect(text).not.toMatch(TOKEN);
      const after = configurationIn(at.world.config);
      expect(after.connectionToken).not.toBe(before.connectionToken);
      expect({ ...after, connectionToken: "" }).toEqual({ ...before, connectionToken: "" });
      expect(statSync(at.world.config).mode & 0o777).toBe(0o600);
      await expect(worksWith(at, before.connectionToken)).rejects.toThrow(/token/);
      await at.untilOnline();
      expect(await at.ask("account_info")).toContain("Link: online");
    },
    least: () => ({}),
    arguments: {
      label: {
        promise: "is the new one's; by default the old one's",
        holds: async (at) => {
          const label = at.fresh("laptop");
          expect(await at.ask("token_rotate", { label })).toContain(`The new token "${label}"`);
          await at.untilOnline();
          expect(await at.ask("token_rotate")).toContain(`The new token "${label}"`);
          await at.untilOnline();
        },
        refuses: LABEL,
      },
    },
  },

  token_revoke: {
    answers: "that it is revoked",
    told: async (at) => {
      const id = found(await at.ask("token_create", { label: "lost" }), /tok_\w+/);
      expect(await at.ask("token_revoke", { id })).toBe(`${id} "lost" is revoked.`);
    },
    least: (at) => at.ask("token_create", { label: "kept" }).then((text) => ({ id: found(text, /tok_\w+/) })),
    arguments: {
      id: {
        promise: "names the token that lets nobody in any more, and never this session's own",
        required: true,
        holds: async (at) => {
          const text = await at.ask("token_create", { label: "lost" });
          const { connectionToken } = configurationIn(pathIn(at, text));
          const id = found(text, /tok_\w+/);
          await worksWith(at, connectionToken);
          await at.ask("token_revoke", { id });
          await expect(worksWith(at, connectionToken)).rejects.toThrow(/token/);
          expect(await at.ask("token_list")).not.toContain(id);
          const own = found(
            found(await at.ask("token_list"), /tok_\w+[^\n]*\(this session's own\)/),
            /tok_\w+/,
          );
          const { failed, text: refused } = await at.call("token_revoke", { id: own });
          expect([failed, refused]).toEqual([
            true,
            expect.stringContaining("token_rotate puts a new one in its place"),
          ]);
        },
        refuses: [
          ["phone", /takes an id of token_list, tok_/],
          ["tok_none", /there is no token tok_none\. \w+/],
          NO_TEXT,
        ],
      },
    },
  },
};

const configurationIn = (path: string) => Configuration.parse(JSON.parse(readFileSync(path, "utf8")));

/** The file that an answer names. */
function pathIn({ world }: Place, text: string): string {
  const folder = dirname(world.config);
  const at = text.indexOf(`${folder}/`);
  return `${folder}/${found(text.slice(at + folder.length + 1), /^[\w.-]+\.json/)}`;
}

/** Whoever shows it may make a cron for the tag. */
async function worksWith({ server }: Place, token: string, tag = OTHER): Promise<void> {
  const client = controlClient({ url: server.running.grpcUrl, token });
  const { method } = ControlService;
  try {
    const { cron } = await client.call(method.createCron, { schedule: "@yearly", prompt: "/look", tag });
    await client.call(method.deleteCron, { id: cron?.id ?? "" });
  } finally {
    client.close();
  }
}
