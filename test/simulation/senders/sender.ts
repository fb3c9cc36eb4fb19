/** Providers: they post, and post again with the same delivery id when no answer comes, and sometimes when one came. */
import { SignalboxError } from "../../../src/domain/errors.ts";
import type { Priority } from "../../../src/domain/order.ts";
import type { Webhook } from "../happening.ts";
import type { Habit } from "../own-times.ts";
import type { Tenant, TenantSource } from "../server/tenants.ts";
import { Life } from "../time/life.ts";
import type { World } from "../world.ts";
import { payloadOf } from "./payload.ts";

const TRIES = 6;
const PATIENCE_MS = 10_000;
/** Swept by then, and still known. */
const LONG_AFTER_MS = [120_000, 200_000] as const;

export class Senders {
  readonly #world: World;
  readonly #life: Life;
  /** What has its 2xx, by the id that it was told. */
  readonly accepted = new Map<string, Webhook>();
  #sent = 0;
  #underWay = 0;

  constructor(world: World) {
    this.#world = world;
    this.#life = new Life("sender", world.time, { offset: 0 });
  }

  /** Nobody waits for an answer, or means to try again. */
  get idle(): boolean {
    return this.#underWay === 0;
  }

  /** One event for one of the lanes. */
  send(tenant: Tenant, lane: string, priority: Priority): void {
    const { chance } = this.#world;
    const habit =
      priority === "normal"
        ? chance.weighted<Habit>({ plain: 6, coalescing: 3, late: 1, fleeting: 1, fanned: 4 })
        : "plain";
    const source = tenant.sources.find(
      (one) => one.lane === lane && one.priority === priority && one.habit === habit,
    );
    if (source === undefined) throw new Error(`no source for ${lane}`);
    this.#sent += 1;
    const webhook: Webhook = {
      account: tenant.id,
      sourceId: source.id,
      lane,
      priority,
      deliveryId: chance.one(0.8) ? `delivery-${this.#sent}` : null,
      payload: payloadOf(chance, this.#sent, habit),
    };
    // The same delivery id at another account's source of the same name is another delivery.
    void this.#post(tenant, source, webhook, chance.one(0.1) ? 2 : 1);
  }

  async #post(tenant: Tenant, source: TenantSource, webhook: Webhook, times: number): Promise<void> {
    const { chance } = this.#world;
    this.#underWay += 1;
    for (let tries = 0, answers = 0; tries < TRIES && answers < times; tries++) {
      if (tries > 0) {
        this.#world.count("sent again");
        await this.#life.pause(chance.between(500, 20_000));
      }
      if (await this.#postOnce(tenant, source, webhook)) answers += 1;
      // Without a delivery id a second post is a second event.
      if (answers > 0 && webhook.deliveryId === null) break;
    }
    if (webhook.deliveryId !== null && source.habit === "fanned" && chance.one(0.3)) {
      // A provider whose queue was stuck sends what was worked on, and swept, long ago.
      await this.#life.pause(chance.between(...LONG_AFTER_MS));
      if (await this.#postOnce(tenant, source, webhook)) this.#world.count("sent again long after");
    }
    this.#underWay -= 1;
  }

  async #postOnce(tenant: Tenant, source: TenantSource, webhook: Webhook): Promise<boolean> {
    const { network, chance, time } = this.#world;
    const askedAt = time.now;
    await this.#life.pause(network.delayMs());
    const { server } = network;
    const up = this.#world.server.up;
    if (server === null || up === null || network.blackHole) return false;
    const answer = await Promise.race([
      this.#life
        .ask(up.life, () => up.post(tenant.profileId, source.slug, webhook.deliveryId, webhook.payload))
        .catch((error: unknown) => this.#refused(error, webhook, askedAt)),
      this.#life.pause(PATIENCE_MS).then(() => null),
    ]);
    // Anything but a 2xx in time is tried again.
    if (answer === null || chance.one(0.03)) return false;
    this.accepted.set(answer.id, webhook);
    this.#world.witness({ kind: "accepted", webhook, askedAt, ...answer });
    this.#world.count("accepted");
    return true;
  }

  /** A refusal is tried again; anything else is a bug. */
  #refused(error: unknown, webhook: Webhook, askedAt: number): null {
    if (!(error instanceof SignalboxError)) throw error;
    if (error.code === "lane_full") this.#world.witness({ kind: "refused", webhook, askedAt });
    return null;
  }
}
