/** One process of the real plugin: composed as `plugin/src/server.ts` does, with simulated edges. */
import { Box } from "../../../plugin/src/core/box.ts";
import type { Configuration } from "../../../plugin/src/core/configuration.ts";
import type { Client } from "../../../plugin/src/core/ports/client.ts";
import type { Chance } from "../chance.ts";
import type { Desk } from "../client/desk.ts";
import type { Happening } from "../happening.ts";
import type { Network } from "../network/network.ts";
import type { Life } from "../time/life.ts";
import { SimulatedWaiters } from "./waiters.ts";

export interface PluginParts {
  life: Life;
  pid: number;
  chance: Chance;
  network: Network;
  desk: Desk;
  client: Client;
  configuration(): Configuration;
  /** In the configuration file; false: it has another one by now. */
  replaceToken(from: string, to: string): boolean;
  sessionId: string;
  entrypoint: string | null;
  attended: boolean | null;
  witness(happening: Happening): void;
}

export class PluginProcess {
  readonly life: Life;
  readonly instance: string;
  readonly waiters = new SimulatedWaiters();
  readonly box: Box;

  constructor(parts: PluginParts) {
    const { life, chance, network, desk, client, configuration, sessionId, witness } = parts;
    this.life = life;
    this.instance = Buffer.from(chance.random().bytes(16)).toString("hex");
    const line = (message: string, fields: unknown = {}) => {
      if (!life.over)
        witness({ kind: "line", from: life.name, text: `${message} ${JSON.stringify(fields)}` });
    };
    this.box = new Box(
      {
        clock: life.clock,
        random: chance.random(),
        files: desk.files.of(life),
        processes: desk.processesFor(life, parts.pid),
        transport: network.transportFor(life),
        client,
        desktop: { notify: () => {} },
        waiters: this.waiters,
        loadSetup: async () => {
          await life.pause(chance.around(1));
          return { kind: "ready", configuration: configuration() };
        },
        tokenKeeping: {
          obstacle: async () => null,
          replace: async (from, to) => {
            await life.pause(chance.around(2));
            if (desk.files.full) throw new Error("the disk is full");
            return parts.replaceToken(from, to) ? "saved" : "changed";
          },
          plan: async () => ({ kind: "refused", problem: "Nobody configures anything here." }),
          configure: async () => "/home/somebody/config.json",
          clear: async () => false,
          keep: async () => "/home/somebody/kept.json",
        },
        log: { info: line, warn: line },
      },
      {
        sessionId,
        instance: this.instance,
        entrypoint: parts.entrypoint,
        attended: parts.attended,
        projectDir: "/home/somebody/shop",
        tag: null,
        pluginVersion: "0",
      },
    );
  }
}
