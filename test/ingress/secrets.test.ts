/** The secrets of a source: of the right kind, several while they are rotated, each once. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { SCHEMES } from "../../src/domain/source.ts";
import { makeSource, send, startServer, type TestServer } from "../world/server.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const { createSource, listSources } = ControlService.method;
const create = (asked: object) => server.control.call(createSource, { slug: "x", ...asked });
const secretsOf = async (slug: string) =>
  (await server.control.call(listSources, {})).sources.find((source) => source.slug === slug)?.secrets;

test("any of five verifies; a sixth takes the place of the oldest", async () => {
  const names = ["1", "2", "3", "4", "5", "6"];
  let source = await makeSource(server, { slug: "five", secret: names[0] ?? "" });
  for (const secret of names.slice(1)) source = await makeSource(server, { slug: "five", secret });
  expect(await secretsOf("five")).toBe(5);
  const statuses = await Promise.all(
    names.map(async (secret) => (await send({ ...source, secret }, "generic", "deploy.finished")).status),
  );
  expect(statuses).toEqual([401, 202, 202, 202, 202, 202]);
});

test("one that is told again is there once, as the newest", async () => {
  for (const secret of ["a", "b", "a"]) await makeSource(server, { slug: "again", secret });
  expect(await secretsOf("again")).toBe(2);
  for (const secret of ["c", "d", "e", "f"]) await makeSource(server, { slug: "again", secret });
  const source = await makeSource(server, { slug: "again", secret: "f" });
  expect((await send({ ...source, secret: "a" }, "generic", "deploy.finished")).status).toBe(202);
  expect((await send({ ...source, secret: "b" }, "generic", "deploy.finished")).status).toBe(401);
});

test("another scheme takes none of them over", async () => {
  await makeSource(server, { slug: "other", secret: "mine" });
  const { source } = await create({ slug: "other", scheme: "slack" });
  expect(source?.secrets).toBe(0);
});

describe("a secret of another kind is refused, with what would be right, and not quoted", () => {
  test.each([
    ["stripe", "sk_live_1234567890", /secret: stripe takes the signing secret .*whsec_/],
    ["standard", "whsec_short", /secret: standard takes whsec_ and base64/],
    ["standard", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", /whsec_ and base64/],
    ["slack", "xoxb-1234-abcd", /secret: slack takes the app's Signing Secret/],
    ["shopify", "has a space", /printable ASCII without spaces/],
    ["gitlab", "whsec_no!base64", /signing token: whsec_ and base64/],
    ["linear", "lin_api_1234", /lin_wh_/],
    ["sentry", "sntrys_1234", /Client Secret/],
    ["pagerduty", "two\nlines", /printable ASCII/],
    ["discord", "MTE.a-bot-token", /Public Key .*64 hex digits/],
    ["telegram", "4711:AAH-bot-token", /A-Z a-z 0-9 _ -/],
    ["zoom", " padded ", /printable ASCII/],
    ["twilio", "AC0123456789abcdef0123456789abcdef", /Auth Token, 32 hex digits/],
    ["bearer", "Bearer x", /printable ASCII/],
    ["basic", "nocolon", /name:password/],
    ["none", "anything", /secret: none takes none, because nothing is verified/],
  ])("%s %j", async (scheme, secret, words) => {
    const refused = create({ scheme, secret });
    await expect(refused).rejects.toThrow(words);
    await expect(refused).rejects.not.toThrow(secret);
    expect(await secretsOf("x")).toBeUndefined();
  });
});

test("headers are told only to schemes that have none of their own", async () => {
  await expect(create({ scheme: "github", signatureHeader: "X-Mine" })).rejects.toThrow(
    /signatureHeader: github has/,
  );
  await expect(create({ scheme: "stripe", deliveryHeader: "X-Mine" })).rejects.toThrow(
    /deliveryHeader: stripe has/,
  );
  await expect(create({ signatureHeader: "X Mine" })).rejects.toThrow(
    /signatureHeader: is no name of a header/,
  );
  const { source } = await create({ slug: "mine", signatureHeader: "X-Mine", deliveryHeader: "X-Id" });
  expect(source).toMatchObject({ signatureHeader: "X-Mine", deliveryHeader: "X-Id" });
});

test("an unknown scheme is answered with the known ones", async () => {
  await expect(create({ scheme: "githubb" })).rejects.toThrow(`there are ${SCHEMES.join(", ")}`);
});
