/** Tokens: who is let in by them, for how long, and to which lanes. */
import type { Mutant } from "./mutant.ts";

const TOKENS = "src/services/tokens.ts";
const HOLDERS = "src/services/token-holders.ts";

export const TOKENS_BROKEN: readonly Mutant[] = [
  {
    name: "a rotation outlives a revocation",
    breaks: 9,
    file: TOKENS,
    find: "if (!all.some(({ id }) => id === token.id)) {",
    replace: 'if (token.id === "") {',
  },
  {
    name: "whoever revokes looks only once for what was made in its place",
    breaks: 9,
    file: TOKENS,
    find: "    await this.#removeUnused(asker, id);\n    return { token, links };",
    replace: "    return { token, links };",
  },
  {
    name: "what a revoked token has let in stays",
    breaks: 9,
    file: TOKENS,
    find: "return this.#holders.revoke(token.hash);",
    replace: "return this.#holders.count(token.hash);",
  },
  {
    name: "a revocation that the disk has cut off is forgotten",
    breaks: 9,
    file: TOKENS,
    find: "    this.#ending.set(token.id, token);\n",
    replace: "",
  },
  {
    name: "a token that is rotated is none any more at once",
    breaks: 9,
    file: TOKENS,
    find: "if (asked !== null) this.#rotating.set(issued.token.id, asked);",
    replace: "await this.#store.removeToken(token.account, token.id);",
  },
  {
    name: "a token that another has replaced still lets in",
    breaks: 9,
    file: TOKENS,
    find: "      await this.#store.removeToken(token.account, replaces);\n",
    replace: "",
  },
  {
    name: "what a replaced token has let in goes on",
    breaks: 9,
    file: HOLDERS,
    find: "else holder.replaced();",
    replace: "else this.enter(by, holder);",
  },
  {
    name: "a bound token reaches every lane",
    breaks: 9,
    file: "src/services/token-reach.ts",
    find: "if (token.tags === null || reaches(token, lane)) return;",
    replace: "if (lane !== null) return;",
  },
];
