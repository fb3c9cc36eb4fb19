/**
 * What every store must do: the sentences of `src/domain/ports/store.ts`, each with its test. An implementation may skip
 * one only by its name and with a reason.
 */
import { afterEach, describe, expect, test } from "vitest";
import type { Store } from "../../src/domain/ports/store.ts";
import { accountsAndTokens } from "./contract/accounts.ts";
import { appending } from "./contract/append.ts";
import { batches } from "./contract/batches.ts";
import { cronRecords } from "./contract/crons.ts";
import { deliveries } from "./contract/deliveries.ts";
import { endedEvents } from "./contract/ended.ts";
import { laneOrder } from "./contract/lane-order.ts";
import { laneRecords } from "./contract/lane-settings.ts";
import { listings } from "./contract/listings.ts";
import { againstModel } from "./contract/model.ts";
import { retention } from "./contract/retention.ts";
import { sessionRecords } from "./contract/sessions.ts";
import { sourceRecords } from "./contract/sources.ts";
import { supersedingInPlace } from "./contract/superseding.ts";
import { survival } from "./contract/survival.ts";
import { timers } from "./contract/timers.ts";
import { takingTurns } from "./contract/turns.ts";
import { walls } from "./contract/walls.ts";
import { claiming } from "./contract/writes.ts";

export interface StoreUnderTest {
  name: string;
  /** A new, empty store. */
  open(): Promise<Store>;
  /** Closes the store and opens what it has kept. Without it, what needs it is not checked. */
  reopen?(store: Store): Promise<Store>;
  /** Names of tests that cannot hold here, each with the reason. */
  skip?: Readonly<Record<string, string>>;
}

/** The store of one test. */
export interface Box {
  store: Store;
  reopen(): Promise<Store>;
}

/** Declares one sentence of the contract and how it is checked. */
export type Check = (promise: string, body: (box: Box) => Promise<void>) => void;

const SECTIONS = {
  appending,
  deliveries,
  supersedingInPlace,
  claiming,
  batches,
  laneOrder,
  listings,
  endedEvents,
  retention,
  timers,
  sessionRecords,
  sourceRecords,
  cronRecords,
  laneRecords,
  takingTurns,
  accountsAndTokens,
  walls,
};
const SECTIONS_WITH_REOPEN = { survival, againstModel };

export function storeContract({ name, open, reopen, skip = {} }: StoreUnderTest): void {
  describe(name, () => {
    const names = new Set<string>();
    let opened: Box | null = null;

    afterEach(async () => {
      await opened?.store.close();
      opened = null;
    });

    const check: Check = (promise, body) => {
      names.add(promise);
      test.skipIf(promise in skip)(promise, async () => {
        const box: Box = {
          store: await open(),
          async reopen() {
            if (reopen === undefined) throw new Error(`${name} has no way to be opened again`);
            box.store = await reopen(box.store);
            return box.store;
          },
        };
        opened = box;
        await body(box);
      });
    };

    const sections = reopen === undefined ? SECTIONS : { ...SECTIONS, ...SECTIONS_WITH_REOPEN };
    for (const declare of Object.values(sections)) declare(check);

    test("every test that is skipped exists", () => {
      expect(Object.keys(skip).filter((promise) => !names.has(promise))).toEqual([]);
    });
  });
}
