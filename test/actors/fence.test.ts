import { expect, test } from "vitest";
import { Deliveries } from "../../src/services/deliveries.ts";
import { Box } from "../world/box.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

test("what a claim of an earlier connection asked for is not done for the later one", async () => {
  const box = await Box.start();
  const plugin = await box.plugin().connect();
  const record = await box.record(await box.arrives());
  const { claim } = record.actor.context;
  if (claim === null) throw new Error("the event was not claimed");
  const deliveries = new Deliveries(box.store, box.box.roster, quiet);
  const shown = plugin.shown.length;
  await deliveries.perform([{ kind: "deliver", record, claim: { ...claim, epoch: claim.epoch - 1 } }]);
  expect(plugin.shown).toHaveLength(shown);
  await deliveries.perform([{ kind: "deliver", record, claim }]);
  expect(plugin.shown).toHaveLength(shown + 1);
});
