/** What is asked of GitHub's REST API in a person's own name: who he is, and whether he is an active member somewhere. */
import { z } from "zod";
import { boundedFetch } from "./bounded-fetch.ts";

/** https://docs.github.com/rest/users/users#get-the-authenticated-user. The login can change hands; the id never does. */
const User = z.object({
  id: z.int().positive(),
  login: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/),
});
export type GithubUser = z.infer<typeof User>;

/** https://docs.github.com/rest/orgs/members#get-an-organization-membership-for-the-authenticated-user */
const Membership = z.object({ state: z.enum(["active", "pending"]) });

/** It answered, and not as its documentation says. */
export class StrangeAnswer extends Error {
  override readonly name = "StrangeAnswer";
}

export class GithubApi {
  readonly #url: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  constructor(url: string, token: string, signal: AbortSignal) {
    this.#url = url;
    this.#token = token;
    this.#signal = signal;
  }

  async user(): Promise<GithubUser> {
    const answer = await this.#get("/user");
    if (answer.status !== 200) throw new StrangeAnswer(`/user was answered ${answer.status}`);
    return read(User, answer);
  }

  /** Whoever was invited and has not come yet is no member. */
  async isActiveMember(org: string): Promise<boolean> {
    const answer = await this.#get(`/user/memberships/orgs/${encodeURIComponent(org)}`);
    // There is no such organisation, or he is not of it, or it does not let the app look.
    if (answer.status === 404 || answer.status === 403) return false;
    if (answer.status !== 200) throw new StrangeAnswer(`a membership was answered ${answer.status}`);
    return (await read(Membership, answer)).state === "active";
  }

  #get(path: string): Promise<Response> {
    return boundedFetch(`${this.#url}${path}`, {
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${this.#token}`,
        "x-github-api-version": "2022-11-28",
      },
      signal: this.#signal,
    });
  }
}

/** The parsers' own words quote what they could not read. */
async function read<T>(shape: z.ZodType<T>, answer: Response): Promise<T> {
  const json: unknown = await answer.json().catch(() => undefined);
  const { data, success } = shape.safeParse(json);
  if (!success) throw new StrangeAnswer("an answer has another form than GitHub's");
  return data;
}
