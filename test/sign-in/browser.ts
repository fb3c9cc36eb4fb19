/** A browser as far as a server can tell: it keeps cookies, names the page that a form stands on, and can lie about both. */
import { type IncomingHttpHeaders, request } from "node:http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

interface Asked {
  method?: string;
  headers?: Record<string, string | undefined>;
  body?: string;
  localAddress?: string;
}

/** One request, with exactly these headers beside Node's own. */
export async function ask(
  url: string,
  { method = "GET", headers = {}, body, localAddress }: Asked = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const asked = request(url, { method, headers: given, agent: false, ...(localAddress && { localAddress }) });
  asked.on("error", reject);
  asked.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
  });
  asked.end(body);
  return promise;
}

export class Browser {
  readonly cookies = new Map<string, string>();

  async get(url: string, headers: Asked["headers"] = {}): Promise<Answer> {
    return this.#kept(await ask(url, { headers: { cookie: this.cookie, ...headers } }));
  }

  async post(url: string, form: Record<string, string>, headers: Asked["headers"] = {}): Promise<Answer> {
    const own = { origin: new URL(url).origin, "sec-fetch-site": "same-origin", cookie: this.cookie };
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams(form).toString();
    return this.#kept(await ask(url, { method: "POST", headers: { ...own, ...type, ...headers }, body }));
  }

  /** Opens the sign-in and sends its form. */
  async begin(signIn: string, headers: Asked["headers"] = {}): Promise<Answer> {
    return this.post(signIn, { form: wordOf((await this.get(signIn)).text) }, headers);
  }

  /** Begins, goes through GitHub, and comes back. */
  async signIn(signIn: string): Promise<Answer> {
    const { headers } = await this.begin(signIn);
    const back = await this.get(String(headers.location));
    return this.get(String(back.headers.location));
  }

  get cookie(): string | undefined {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? undefined : pairs.join("; ");
  }

  #kept(answer: Answer): Answer {
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

/** What the form on a page brings. */
export const wordOf = (text: string): string => /name="form" value="([^"]*)"/.exec(text)?.[1] ?? "";

/** The code that a page shows. */
export function codeOf(text: string): string {
  const code = /once_[a-z0-9]{24}/.exec(text)?.[0];
  if (code === undefined) throw new Error(`no code is shown: ${text.slice(0, 2_000)}`);
  return code;
}

export const exchange = (server: string, code: string, headers: Asked["headers"] = {}): Promise<Answer> =>
  ask(`${server}/auth/cli/exchange`, { method: "POST", headers, body: `code=${code}` });

/** A page that tells of a failure, without what differs from one to the next. */
export const failureOf = ({ status, text }: Answer) => ({
  status,
  text: text.replace(/<code>[a-z0-9]{8}<\/code>/, "<code>…</code>"),
});
