import { expect, test } from "vitest";
import { event, typeAndId } from "./asked.ts";

const name = "none";

test("everything is accepted, and nobody vouches for it", () => {
  expect(event({ name, body: "anything", secrets: [] })).toMatchObject({
    verifiedBy: null,
    type: "unknown",
    contentType: "text/plain",
    payload: "anything",
  });
});

test("type and delivery id are read where generic has them", () => {
  const headers = { "x-event-type": "deploy.finished", "x-acme-id": "7" };
  expect(typeAndId({ name, headers, options: { deliveryHeader: "x-acme-id" } })).toEqual([
    "deploy.finished",
    "7",
  ]);
});
