/** The sign-in in a real browser: on a phone and a desk, in light and dark, and what a page of somebody else can do with it. */
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startServer, type TestServer } from "../world/server.ts";
import { codeOf, exchange } from "./browser.ts";
import { CHROMIUM, openChromium, sayIfMissing } from "./chromium.ts";
import { GithubStandin, githubEnv, onFreePort } from "./github-standin.ts";

sayIfMissing();

const LOOKS = [
  { name: "a phone, light", width: 375, height: 667, colorScheme: "light" },
  { name: "a phone, dark", width: 375, height: 667, colorScheme: "dark" },
  { name: "a desk, light", width: 1280, height: 800, colorScheme: "light" },
  { name: "a desk, dark", width: 1280, height: 800, colorScheme: "dark" },
] as const;

describe.skipIf(CHROMIUM === null)("in Chromium", () => {
  let browser: Browser;
  let local: TestServer;
  let shared: TestServer;
  let github: GithubStandin;

  beforeAll(async () => {
    browser = await openChromium();
    github = await GithubStandin.start();
    local = await startServer({ env: { SIGNALBOX_SIGN_INS_PER_MINUTE: "100000" } });
    // Another site than the server's, as GitHub is.
    const elsewhere = { SIGNALBOX_GITHUB_URL: github.url.replace("127.0.0.1", "localhost") };
    shared = await onFreePort((port) => startServer({ env: { ...githubEnv(github, port), ...elsewhere } }));
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([local.stop(), shared.stop(), github.stop()]);
  });

  async function newPage(
    look: (typeof LOOKS)[number] = LOOKS[0],
  ): Promise<{ page: Page; complaints: string[] }> {
    const { width, height, colorScheme } = look;
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("requestfailed", (request) => complaints.push(request.url()));
    return { page, complaints };
  }

  /** Nothing sticks out, nothing is too pale to be read, and nothing is loaded from anywhere. */
  async function looksWell(page: Page, name: string): Promise<void> {
    if (process.env.SCREENSHOTS !== undefined) {
      mkdirSync(process.env.SCREENSHOTS, { recursive: true });
      await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
    }
    const seen = Seen.parse(await page.evaluate(LOOK));
    expect(seen.sticksOut, name).toBeLessThanOrEqual(0);
    expect(seen.loaded, name).toEqual([]);
    for (const { what, contrast } of seen.texts)
      expect(contrast, `${name}: ${what}`).toBeGreaterThanOrEqual(4.5);
    expect(seen.texts.length, name).toBeGreaterThan(3);
  }

  test.each(LOOKS)("signing in on the server's machine, on $name", async (look) => {
    const { page, complaints } = await newPage(look);
    await page.goto(`${local.running.httpUrl}/auth/cli`);
    await looksWell(page, `local start ${look.name}`);
    await page.getByRole("button").click();
    await page.getByText("umask 077").waitFor();
    await page.locator("summary").click();
    await looksWell(page, `local command ${look.name}`);
    // One click takes all of the command.
    await page.locator("pre").first().click();
    const chosen = String(await page.evaluate("String(getSelection())"));
    expect(chosen.trim()).toBe((await page.locator("pre").first().innerText()).trim());
    expect((await exchange(local.running.httpUrl, codeOf(chosen))).status).toBe(200);
    expect(complaints).toEqual([]);
  });

  test.each(LOOKS)("signing in with GitHub, on $name", async (look) => {
    github.mood = "ask";
    const { page, complaints } = await newPage(look);
    await page.goto(`${shared.running.httpUrl}/auth/cli`);
    await looksWell(page, `github start ${look.name}`);
    await page.getByRole("button", { name: "Sign in with GitHub" }).click();
    await page.getByRole("link", { name: "Authorize" }).click();
    await page.getByRole("heading", { name: "Signed in as octocat" }).waitFor();
    await looksWell(page, `github command ${look.name}`);
    const { status } = await exchange(shared.running.httpUrl, codeOf(await page.content()));
    expect(status).toBe(200);
    expect(complaints).toEqual([]);
    // The address has a code of GitHub's in it: shown again it is worth nothing.
    await page.reload();
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
    await looksWell(page, `failed ${look.name}`);
  });

  test("who is sent on from GitHub to his company's own sign-in comes through", async () => {
    github.mood = "grant";
    const company = createServer((request, response) => {
      const back = new URL(request.url ?? "", "http://company").searchParams.get("back") ?? "";
      response.writeHead(302, { location: back }).end();
    });
    onTestFinished(() => void company.close());
    const port = await listening(company, "127.0.0.2");
    github.instead.set("/login/oauth/authorize", (request, response) => {
      github.instead.clear();
      const back = encodeURIComponent(`${github.url.replace("127.0.0.1", "localhost")}${request.url}`);
      response.writeHead(302, { location: `http://127.0.0.2:${port}/?back=${back}` }).end();
    });
    const { page, complaints } = await newPage();
    await page.goto(`${shared.running.httpUrl}/auth/cli`);
    await page.getByRole("button").click();
    await page.getByRole("heading", { name: "Signed in as octocat" }).waitFor();
    expect(complaints).toEqual([]);
  });

  test("a page of somebody else can neither show, read, nor send what is ours", async () => {
    const target = `${local.running.httpUrl}/auth/cli`;
    const hostile = await pageServer(`<!doctype html><title>evil</title>
      <iframe id="frame" src="${target}"></iframe>
      <form id="form" method="post" action="${target}"><input name="form" value="x"></form>`);
    onTestFinished(() => void hostile.server.close());
    const { page } = await newPage();
    await page.goto(hostile.url);
    const read = (method: string) =>
      page.evaluate(
        ([url, how]) =>
          fetch(url ?? "", { method: how ?? "GET", credentials: "include" }).then(
            (answer) => answer.text(),
            () => "not read",
          ),
        [target, method],
      );
    expect([await read("GET"), await read("POST")]).toEqual(["not read", "not read"]);
    const framed = page.frames().find((frame) => frame !== page.mainFrame());
    expect(await framed?.content()).not.toContain("Connect Claude Code");
    // The person has a form of ours open, so his browser has our cookie.
    const other = await page.context().newPage();
    await other.goto(target);
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await page.evaluate("document.getElementById('form').submit()");
    expect((await answered).status()).toBe(403);
    await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
  });

  test("a name of somebody else's that comes to point here shows nothing", async () => {
    const { port } = new URL(local.running.httpUrl);
    const rebound = await openChromiumWith(`MAP evil.example 127.0.0.1`);
    onTestFinished(() => rebound.close());
    const page = await (await rebound.newContext()).newPage();
    const answered = await page.goto(`http://evil.example:${port}/auth/cli`);
    expect(answered?.status()).toBe(403);
    expect(await page.content()).not.toContain('name="form"');
  });

  const openChromiumWith = async (rule: string): Promise<Browser> => {
    const { chromium } = await import("playwright-core");
    const args = ["--no-sandbox", `--host-resolver-rules=${rule}`];
    return chromium.launch({ executablePath: CHROMIUM ?? "chromium", args });
  };
});

async function pageServer(html: string): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(html));
  return { server, url: `http://127.0.0.1:${await listening(server, "127.0.0.1")}/` };
}

async function listening(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  // It listens on a port, and not on a pipe.
  return (server.address() as AddressInfo).port;
}

/** Runs in the page. Contrast as the WCAG reckons it, of each text against what is painted behind it. */
const LOOK = `(() => {
  const luminance = (channels) => {
    const [r, g, b] = channels.map((value) => value / 255).map((part) =>
      part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const channelsOf = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const channels = channelsOf(getComputedStyle(element).backgroundColor);
    return channels[3] === 0 ? behind(element.parentElement) : channels.slice(0, 3);
  };
  const texts = [...document.querySelectorAll("h1, p, pre, code, a, button, summary, header")].map((element) => {
    const both = [channelsOf(getComputedStyle(element).color).slice(0, 3), behind(element)].map(luminance);
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    return { what: element.textContent.slice(0, 40), contrast };
  });
  return {
    sticksOut: document.documentElement.scrollWidth - innerWidth,
    loaded: performance.getEntriesByType("resource").map(({ name }) => name),
    texts,
  };
})()`;

const Seen = z.object({
  sticksOut: z.number(),
  loaded: z.array(z.string()),
  texts: z.array(z.object({ what: z.string(), contrast: z.number() })),
});
