/**
 * Whoever keeps the tokens of the box: makes, rotates and revokes them while their links run, and writes them into configurations, at
 * his own pace. What he asks for may be cut off anywhere, and he may never be told; whose session is refused is given a new one.
 */
import type { Reply } from "../../../plugin/src/core/ports/transport.ts";
import type { Client } from "../client/client.ts";
import { NOBODY_THERE } from "../client/talk.ts";
import type { Happening } from "../happening.ts";
import type { Tenant } from "../server/tenants.ts";
import { Life } from "../time/life.ts";
import type { World } from "../world.ts";
import { type Configured, Keyring } from "./keyring.ts";

const SECOND = 1_000;
const PATIENCE_MS = 10 * SECOND;
const AGAIN_MS = 2 * SECOND;

/** Who has no token of his own that is accepted. */
const OF_TOKEN: readonly string[] = ["unauthenticated", "revoked"];

interface Made {
  id: string;
  token: string;
}

export class Keeper {
  readonly keyring = new Keyring();
  readonly #world: World;
  readonly #life: Life;
  /** Of tokens that were made in another's place. */
  readonly #ids = new Map<string, string>();
  /** Tokens in whose place a new one is being put. */
  readonly #renewing = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#life = new Life("keeper", world.time, { offset: 0 });
  }

  /** Each account has one that all its seats share. */
  begins(tenants: readonly Tenant[]): void {
    for (const { id: account, token, tokenId } of tenants)
      this.keyring.add({ account, seat: "", id: tokenId, secret: token, tags: null });
  }

  /** The seat's configuration gets a token of its own, perhaps bound to its tag; until it has come, the shared one serves. */
  async equips(account: string, seat: string, tag: string | null): Promise<void> {
    const { chance } = this.#world;
    const tags = tag === null || chance.one(0.4) ? null : chance.one(0.5) ? [tag] : [tag, NOBODY_THERE];
    const made = await this.#makes(account, tags);
    if (made === null) return;
    this.#world.count(tags === null ? "token made" : "bound token made");
    this.keyring.add({ account, seat, tags, id: made.id, secret: made.token });
  }

  rotates(): boolean {
    const configured = this.#some();
    if (configured === null) return false;
    void this.#rotates(configured);
    return true;
  }

  revokes(): boolean {
    const configured = this.#some();
    if (configured === null) return false;
    void this.#revokes(configured);
    return true;
  }

  /** Somebody rotates it at the very moment at which it is revoked. */
  rotatesAndRevokes(): boolean {
    const { chance } = this.#world;
    const configured = this.#some();
    if (configured === null) return false;
    const acts = [() => this.#rotates(configured), () => this.#revokes(configured)];
    for (const act of acts) this.#life.after(chance.between(0, 4), () => void act());
    return true;
  }

  /** As Claude does it for its user. */
  hasItRotated(client: Client): boolean {
    void client.call("token_rotate", {}, new AbortController().signal).then((answer) => {
      if (answer !== null)
        this.#world.witness({ kind: "line", from: client.options.name, text: answer.text });
      if (answer?.failed === false) this.#world.count("token rotated by a session");
    });
    return true;
  }

  /** A session has rotated the token of its configuration. */
  saves(account: string, client: string, from: string, to: string): boolean {
    const id = this.#ids.get(to);
    return (
      id !== undefined && this.keyring.replace(this.keyring.of(account, client), from, { id, secret: to })
    );
  }

  sees(happening: Happening): void {
    if (
      happening.kind === "answered" &&
      happening.call.method === "RotateToken" &&
      happening.response !== null
    ) {
      const { id, token } = happening.response as Made; // The method's own answer.
      this.#ids.set(token, id);
    }
    if (happening.kind !== "said" || happening.frame.case !== "refused") return;
    if (!OF_TOKEN.includes(happening.frame.value.code)) return;
    const { token } = happening.wire;
    const configured = this.keyring.all.find(({ secret }) => secret === token);
    if (configured === undefined || this.#renewing.has(configured.secret)) return;
    this.#renewing.add(configured.secret);
    this.#life.after(this.#world.chance.around(8 * SECOND), () => void this.#renews(configured));
  }

  async #rotates(configured: Configured): Promise<void> {
    const { secret } = configured;
    const reply = await this.#asks(secret, "RotateToken", { label: "" });
    if (reply?.kind !== "ok") return;
    this.#world.count("token rotated");
    const { id, token } = reply.response as Made; // The method's own answer.
    await this.#life.pause(this.#world.chance.around(4 * SECOND));
    if (!this.keyring.replace(configured, secret, { id, secret: token }))
      this.#world.tell(
        "keeper",
        `the configuration has another token by now than the one that ${id} replaces`,
      );
  }

  /** Until he is told what has become of it. */
  async #revokes({ account, id }: Configured): Promise<void> {
    const { operator } = this.#world.tenant(account);
    for (;;) {
      const reply = await this.#asks(operator, "RevokeToken", { id });
      if (reply?.kind === "ok") this.#world.count("token revoked");
      if (reply?.kind === "ok" || (reply?.kind === "failed" && reply.failure === "other")) return;
      await this.#life.pause(AGAIN_MS);
    }
  }

  async #renews(configured: Configured): Promise<void> {
    const { secret, account, tags } = configured;
    const made = await this.#makes(account, tags);
    if (made !== null) this.keyring.replace(configured, secret, { id: made.id, secret: made.token });
    this.#renewing.delete(secret);
  }

  async #makes(account: string, tags: readonly string[] | null): Promise<Made | null> {
    const { operator } = this.#world.tenant(account);
    const asked = { label: "of a session", tags: [...(tags ?? [])] };
    for (let tries = 0; tries < 60; tries++) {
      const reply = await this.#asks(operator, "CreateToken", asked);
      if (reply?.kind === "ok") return reply.response as Made; // The method's own answer.
      await this.#life.pause(AGAIN_MS);
    }
    return null;
  }

  /** Null: nobody knows what became of it. */
  async #asks(token: string, method: string, request: object): Promise<Reply<never> | null> {
    const { up } = this.#world.server;
    if (up === null) return null;
    return Promise.race([
      this.#life.ask(up.life, () => up.call(token, method, request)),
      this.#life.pause(PATIENCE_MS).then(() => null),
    ]);
  }

  #some(): Configured | null {
    const { chance } = this.#world;
    return this.keyring.all.length === 0 ? null : chance.of(this.keyring.all);
  }
}
