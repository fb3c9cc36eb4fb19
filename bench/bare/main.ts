/**
 * What durable ingest is measured against: the same handler in Express 5 alone, written as one would write it who stores
 * nothing. Checks the HMAC over the raw body, parses the JSON, answers 202 with JSON.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import express from "express";

const SECRET = process.env.BARE_SECRET ?? "";

function verify(request: IncomingMessage, _response: ServerResponse, body: Buffer): void {
  const given = Buffer.from(String(request.headers["x-hub-signature-256"] ?? ""));
  const expected = Buffer.from(`sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw Object.assign(new Error("bad signature"), { status: 401 });
  }
}

const app = express();
// What costs time and gives a webhook's sender nothing; the server under test has neither.
app.disable("x-powered-by");
app.disable("etag");
app.post("/webhook/:profileId/:slug", express.json({ limit: "1mb", verify }), (request, response) => {
  const { action } = request.body;
  const type = `${request.get("x-github-event")}.${action}`;
  response.status(202).json({ ok: true, id: request.get("x-github-delivery"), status: "queued", type });
});

const listener = app.listen(0, "127.0.0.1", () => process.send?.(listener.address()));
process.on("disconnect", () => process.exit());
