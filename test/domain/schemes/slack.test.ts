import { expect, test } from "vitest";
import { schemes } from "../../../src/domain/schemes/index.ts";
import { bytes, event, greeting, outcome, signed, typeAndId, URL } from "./asked.ts";

const name = "slack";
const json = (body: object) => signed({ name, body: JSON.stringify(body) });

test("the example of Slack's documentation is verified, and is what is signed", () => {
  // https://docs.slack.dev/authentication/verifying-requests-from-slack
  const secret = "8f742231b10e8888abcd99yyyzzz85a5";
  const now = 1_531_420_618_000;
  const body =
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
  const headers = {
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    "x-slack-request-timestamp": "1531420618",
  };
  expect(outcome({ name, headers, body, secrets: [secret], now })).toBe("event");
  expect(schemes.slack.sign({ headers: {}, body: bytes(body), url: URL }, secret, now)).toEqual(headers);
  expect(outcome({ name, headers, body, secrets: [secret], now: now + 301_000 })).toBe("stale_timestamp");
});

test("the question whether the URL is ours is answered with its challenge, as plain text", () => {
  const challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P";
  expect(greeting(json({ type: "url_verification", challenge }))).toEqual({
    status: 200,
    content: { type: "text/plain; charset=utf-8", text: challenge },
  });
  expect(greeting(json({ type: "url_verification" }))).toMatchObject({ content: { text: "" } });
});

test("type and delivery id are the event's; who sent a command sees nothing of the answer", () => {
  const asked = json({ type: "event_callback", event_id: "Ev08MFMKH6", event: { type: "app_mention" } });
  expect(typeAndId(asked)).toEqual(["app_mention", "Ev08MFMKH6"]);
  expect(event(asked).answer).toEqual({ status: 200, content: "empty" });
});

test("an interaction is a form with JSON in it", () => {
  const body = `payload=${encodeURIComponent('{"type":"block_actions"}')}`;
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect(typeAndId(signed({ name, headers, body }))).toEqual(["block_actions", null]);
});
