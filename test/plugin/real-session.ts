/** The plugin's core with its real wire, files and clock, against a real server; only the client is nobody. */
import { Box, type BoxPorts } from "../../plugin/src/core/box.ts";
import { setupFrom } from "../../plugin/src/edges/config.ts";
import { disk } from "../../plugin/src/edges/disk.ts";
import { GrpcTransport } from "../../plugin/src/edges/grpc-transport.ts";
import { processTable } from "../../plugin/src/edges/process-table.ts";
import { systemClock } from "../../plugin/src/edges/system-clock.ts";
import { systemRandom } from "../../plugin/src/edges/system-random.ts";
import { tokenKeepingFrom } from "../../plugin/src/edges/token-keeping.ts";
import { until } from "../world/until.ts";
import { FakeWaiters, SURROUNDINGS } from "./core-rig.ts";

/** Resolves when its link is there. Whoever starts it closes it. */
export async function realSession(
  name: string,
  configuration: string,
  more: Partial<BoxPorts> = {},
): Promise<Box> {
  const env = { SIGNALBOX_CONFIG: configuration };
  const box = new Box(
    {
      clock: systemClock,
      random: systemRandom,
      files: disk,
      processes: await processTable(),
      transport: new GrpcTransport(),
      client: { channel() {} },
      desktop: { notify() {} },
      waiters: new FakeWaiters(),
      loadSetup: setupFrom(env),
      tokenKeeping: tokenKeepingFrom(env),
      log: { info() {}, warn() {} },
      ...more,
    },
    { ...SURROUNDINGS, sessionId: name, instance: `instance-of-${name}` },
  );
  box.start();
  await online(box);
  return box;
}

export const callTool = async (box: Box, name: string, args: object = {}): Promise<string> =>
  (await box.call(name, args, new AbortController().signal)).text;

export const online = (box: Box) =>
  until(async () => (await callTool(box, "account_info")).includes("Link: online"), "the link");
