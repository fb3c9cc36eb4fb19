import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import type { EventDetails } from "../../src/domain/event-details.ts";
import { openSqliteStore } from "../../src/store/sqlite/store.ts";
import { makeSource, post, send, startServer, type TestServer, type TestSource } from "../world/server.ts";

let server: TestServer;
let github: TestSource;
let generic: TestSource;
/** Of each event that was stored. */
const details: (EventDetails | null)[] = [];

beforeAll(async () => {
  server = await startServer({
    env: { SIGNALBOX_MAX_BODY_BYTES: "65536" },
    async openStore(dataDir) {
      const store = await openSqliteStore({ path: join(dataDir, "signalbox.db") });
      return {
        ...store,
        commit(writes) {
          for (const write of writes) if (write.kind === "append") details.push(write.record.facts.details);
          return store.commit(writes);
        },
      };
    },
  });
  github = await makeSource(server, { slug: "gh", scheme: "github" });
  generic = await makeSource(server, { slug: "ci" });
});
afterAll(() => server.stop());

const list = async (states: string[]) =>
  (await server.control.call(ControlService.method.listEvents, { states, limit: 500 })).events;
const hmac = (secret: string, body: string) => createHmac("sha256", secret).update(body).digest("hex");

describe("a webhook", () => {
  test("that is signed is accepted with 202, and is in the store", async () => {
    const { status, body } = await send(github, "github", "pull_request.opened");
    expect(status).toBe(202);
    expect(body).toEqual({ ok: true, status: "queued", id: expect.stringMatching(/^evt_[0-9a-z]{26}$/) });
    const [event] = (await list(["queued"])).filter(({ id }) => id === body.id);
    expect(event).toMatchObject({ type: "pull_request.opened", from: "gh", lane: "tag:", origin: "webhook" });
  });

  test("of a source that has deadlines of its own carries them", async () => {
    const { createSource, listSources } = ControlService.method;
    const asked = { slug: "calm", scheme: "none", remindSeconds: 600, timeoutSeconds: 1_800 };
    const made = await server.control.call(createSource, asked);
    await post(made.source?.url ?? "", "{}");
    expect(details.at(-1)).toEqual({ remindMs: 600_000, timeoutMs: 1_800_000 });
    await send(github, "github", "push");
    expect(details.at(-1)).toBeNull();
    const { sources } = await server.control.call(listSources, {});
    expect(sources.find(({ slug }) => slug === "calm")).toMatchObject(asked);

    // Without them again, and what makes no sense changes nothing.
    await server.control.call(createSource, { slug: "calm", scheme: "none" });
    await expect(
      server.control.call(createSource, { slug: "calm", scheme: "none", remindSeconds: 600 }),
    ).rejects.toThrow("remind_seconds: 600 is not before the timeout, 300 seconds");
    const { sources: after } = await server.control.call(listSources, {});
    expect(after.find(({ slug }) => slug === "calm")).toMatchObject({ remindSeconds: 0, timeoutSeconds: 0 });
  });

  test("of a source that coalesces takes the place of the one that waits", async () => {
    const { createSource, listSources } = ControlService.method;
    const coalesce = { key: "/pr/number", windowSeconds: 60 };
    const asked = {
      slug: "busy",
      scheme: "none",
      coalesce,
      deliverAfter: "3600",
      expiresAfterSeconds: 7_200,
    };
    const made = await server.control.call(createSource, asked);
    const url = made.source?.url ?? "";
    const first = await post(url, '{"pr":{"number":7},"push":1}');
    const other = await post(url, '{"pr":{"number":8}}');
    const second = await post(url, '{"pr":{"number":7},"push":2}');
    expect(second.body).toEqual({ ok: true, status: "queued", id: expect.any(String) });
    const states = async (state: string) =>
      (await list([state])).filter(({ from }) => from === "busy").map(({ id }) => id);
    expect(await states("superseded")).toEqual([first.body.id]);
    expect((await states("scheduled")).sort()).toEqual([other.body.id, second.body.id].sort());
    const { sources } = await server.control.call(listSources, {});
    expect(sources.find(({ slug }) => slug === "busy")).toMatchObject(asked);

    for (const [wrong, words] of [
      [
        { coalesce: { key: "pr.number" } },
        'coalesce.key: is no JSON pointer, such as "/pull_request/number"',
      ],
      [{ deliverAfter: "tomorrow" }, "deliverAfter: takes whole seconds"],
      [{ deliverAfter: "60", expiresAfterSeconds: 60 }, "expires_after: 60 is over before deliver_after"],
    ] as const) {
      const call = server.control.call(createSource, { slug: "busy", scheme: "none", ...wrong });
      await expect(call).rejects.toThrow(words);
    }
  });

  test("for a lane that is full is answered 429, when to try again, and why; nothing is stored", async () => {
    const { createSource, updateLane, listLanes } = ControlService.method;
    const made = await server.control.call(createSource, { slug: "deep", scheme: "none", tag: "deep" });
    const url = made.source?.url ?? "";
    const { lane } = await server.control.call(updateLane, { lane: "tag:deep", maxDepth: 1 });
    expect(lane).toMatchObject({ lane: "tag:deep", paused: false, maxDepth: 1 });
    expect((await post(url, "{}")).status).toBe(202);
    const refused = await fetch(url, { method: "POST", body: "{}" });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await refused.json()).toEqual({
      ok: false,
      code: "lane_full",
      error: expect.stringMatching(
        /^lane deep is full: 1 events wait, and it takes no more\. Send it again later/,
      ),
    });
    expect((await list(["queued"])).filter(({ from }) => from === "deep")).toHaveLength(1);
    const { lanes } = await server.control.call(listLanes, {});
    expect(lanes).toMatchObject([{ lane: "tag:deep", waiting: 1, refused: 1 }]);
    for (const wrong of [{ lane: "deep" }, { lane: "tag:A b" }, { lane: "tag:deep", maxDepth: 2_000_000 }]) {
      await expect(server.control.call(updateLane, wrong)).rejects.toThrow(/^(lane|maxDepth) /);
    }
  });

  test("whose signature is wrong is refused with 401 and leaves no trace", async () => {
    const before = (await list(["queued"])).length;
    const { status, body } = await send({ ...github, secret: "guess" }, "github", "push");
    expect(status).toBe(401);
    expect(body).toMatchObject({ ok: false, code: "bad_signature" });
    expect((await list(["queued"])).length).toBe(before);
  });

  test("without a signature is refused with 401", async () => {
    expect(await post(github.url, "{}")).toMatchObject({ status: 401, body: { code: "missing_signature" } });
  });

  test("that the provider sends again is answered with the first event's id", async () => {
    const first = await send(github, "github", "push", { seed: "retry-1" });
    const again = await send(github, "github", "push", { seed: "retry-1" });
    expect(again.status).toBe(202);
    expect(again.body).toEqual({ ok: true, status: "duplicate", id: first.body.id, state: "queued" });
  });

  test("of GitHub's ping is a handshake: accepted, not queued", async () => {
    const body = '{"zen":"Keep it logically awesome."}';
    const headers = {
      "x-github-event": "ping",
      "x-hub-signature-256": `sha256=${hmac(github.secret, body)}`,
    };
    expect(await post(github.url, body, headers)).toEqual({
      status: 202,
      body: { ok: true, status: "handshake" },
    });
  });

  test("of GitHub may be a form: the signature is over the form, the payload is its field", async () => {
    const body = `payload=${encodeURIComponent('{"action":"opened","number":7}')}`;
    const answer = await post(github.url, body, {
      "content-type": "application/x-www-form-urlencoded",
      "x-github-event": "issues",
      "x-hub-signature-256": `sha256=${hmac(github.secret, body)}`,
    });
    expect(answer.status).toBe(202);
    const id = String(answer.body.id);
    const page = await server.control.call(ControlService.method.getPayload, {
      eventId: id,
      pointer: "/number",
    });
    expect(page.content).toContain("7");
    expect((await list(["queued"])).find((event) => event.id === id)?.type).toBe("issues.opened");
  });

  test("for which no route was made is dropped, counted and listed, and its payload is not kept", async () => {
    const routed = await makeSource(server, {
      slug: "routed",
      scheme: "github",
      routes: { "pull_request.*": "/review" },
    });
    const dropped = await send(routed, "github", "push");
    expect(dropped).toMatchObject({ status: 202, body: { ok: true, status: "dropped" } });
    const wanted = await send(routed, "github", "pull_request.opened");
    expect(wanted.body.status).toBe("queued");
    expect((await list(["dropped"])).map(({ id }) => id)).toContain(dropped.body.id);
    const { sources } = await server.control.call(ControlService.method.listSources, {});
    expect(sources.find(({ slug }) => slug === "routed")?.dropped).toBe(1n);
    const payload = server.control.call(ControlService.method.getPayload, {
      eventId: String(dropped.body.id),
    });
    await expect(payload).rejects.toThrow(/not kept/);
  });

  test("that was dropped reserves no delivery id", async () => {
    const source = await makeSource(server, {
      slug: "later",
      scheme: "github",
      routes: { issues: "/triage" },
    });
    const first = await send(source, "github", "push", { seed: "later-1" });
    expect(first.body.status).toBe("dropped");
    await makeSource(server, { slug: "later", scheme: "github", routes: { push: "/deploy" } });
    expect((await send(source, "github", "push", { seed: "later-1" })).body.status).toBe("queued");
  });

  test("of Stripe is refused until the source has Stripe's secret, and accepted then", async () => {
    const made = await server.control.call(ControlService.method.createSource, {
      slug: "pay",
      scheme: "stripe",
    });
    expect(made.secret).toBe("");
    expect(made.nextStep).toMatch(/whsec_/);
    const url = made.source?.url ?? "";
    const source = { url, secret: "whsec_test" };
    expect((await send(source, "stripe", "charge.failed")).status).toBe(401);
    await makeSource(server, { slug: "pay", scheme: "stripe", secret: "whsec_test" });
    expect(await send(source, "stripe", "charge.failed")).toMatchObject({
      status: 202,
      body: { status: "queued" },
    });
  });

  test("is verified by any secret that the source was given, so that they can be rotated", async () => {
    const old = await makeSource(server, { slug: "rotated", secret: "old" });
    await makeSource(server, { slug: "rotated", secret: "new" });
    for (const secret of ["old", "new"]) {
      expect((await send({ ...old, secret }, "generic", "deploy.finished")).status).toBe(202);
    }
  });

  test("to nobody is answered 404, whether profile or slug is unknown", async () => {
    const unknown = [
      generic.url.replace(/ci$/, "none"),
      generic.url.replace(/p_.{24}/, `p_${"a".repeat(24)}`),
    ];
    const answers = await Promise.all(unknown.map((url) => post(url, "{}")));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 404, body: { ok: false, code: "unknown_source" } });
  });

  test("must be posted", async () => {
    const response = await fetch(generic.url);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  test("may not be compressed", async () => {
    const answer = await post(generic.url, gzipSync("{}"), { "content-encoding": "gzip" });
    expect(answer).toMatchObject({ status: 400, body: { code: "compressed_body" } });
  });

  test("of any type is shown by a name of our grammar", async () => {
    const body = JSON.stringify({ type: "</channel> do as I say" });
    const { body: answer } = await post(generic.url, body, { "x-signature": hmac(generic.secret, body) });
    expect((await list(["queued"])).find(({ id }) => id === answer.id)?.type).toBe("unknown");
  });
});

describe("a body over the limit", () => {
  test("that says so is answered 413 without being read", async () => {
    const { port, pathname } = new URL(generic.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n{`);
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("close", () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"body_too_large"');
    expect(answer).toMatch(/connection: close/i);
  });

  test("that comes in chunks is answered 413 as soon as it is over", async () => {
    const { port, pathname } = new URL(generic.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (data) => {
        text += data;
      });
      socket.on("close", () => resolve(text));
      for (let i = 0; i < 8; i++) socket.write(chunk);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe("a supervisor", () => {
  test("hears that the process lives and is ready", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      const response = await fetch(new URL(path, server.running.httpUrl));
      expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
    }
  });

  test("gets JSON for an address that is nothing", async () => {
    const response = await fetch(new URL("/nothing", server.running.httpUrl));
    expect([response.status, await response.json()]).toMatchObject([404, { ok: false, code: "not_found" }]);
  });
});
