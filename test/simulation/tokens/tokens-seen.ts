/**
 * What is known of the tokens of a world by what was asked and answered: who has made which, in whose place, which are revoked, and which
 * stream goes on by which.
 */
import type { Call, Happening } from "../happening.ts";
import type { WireSeen } from "../network/wire-seen.ts";
import type { World } from "../world.ts";

export interface TokenSeen {
  id: string;
  account: string;
  tags: readonly string[] | null;
  /** In whose place it was made. */
  replaces: string | null;
}

interface Face {
  session: string;
  instance: string;
}

type Answered = Extract<Happening, { kind: "answered" }>;

export class TokensSeen {
  readonly #world: World;
  readonly #bySecret = new Map<string, TokenSeen>();
  /** Whoever revoked them was told so. */
  readonly revoked = new Set<string>();
  /** Somebody has asked for their end. */
  readonly #unwanted = new Set<string>();
  /** Another one is in their place. */
  readonly replaced = new Set<string>();
  /** What has become of them nobody knows: their revocation was asked for, or their successor shown. */
  readonly #doubtful = new Set<string>();
  /** By stream or call: how often the disk had failed when its token was shown. */
  readonly #failuresBefore = new WeakMap<object, number>();
  readonly #faces = new WeakMap<WireSeen, Face>();
  /** By a token that was made in another's place: the process whose stream goes on by it. */
  readonly #askedBy = new Map<string, Face>();
  /** Streams that go on by another token than the one that they were opened with. */
  readonly #goesOnBy = new WeakMap<WireSeen, TokenSeen>();

  constructor(world: World) {
    this.#world = world;
  }

  of(secret: string | null): TokenSeen | undefined {
    if (this.#bySecret.size === 0) {
      for (const { id: account, token, tokenId, operator, operatorId } of this.#world.tenants) {
        this.#bySecret.set(token, { id: tokenId, account, tags: null, replaces: null });
        this.#bySecret.set(operator, { id: operatorId, account, tags: null, replaces: null });
      }
    }
    return secret === null ? undefined : this.#bySecret.get(secret);
  }

  ofWire(wire: WireSeen): TokenSeen | undefined {
    return this.#goesOnBy.get(wire) ?? this.of(wire.token);
  }

  /** Nobody has asked for its end, nor shown what is to take its place. */
  isGood({ id, replaces }: TokenSeen): boolean {
    if (this.revoked.has(id) || this.replaced.has(id) || this.#doubtful.has(id)) return false;
    // Nobody knows whether it was used before: it may have gone with what it replaces.
    const mayHaveGone = replaces !== null && this.#unwanted.has(replaces);
    return !mayHaveGone || this.#world.disk.rows.tokens.get(id)?.replaces === null;
  }

  /** Those that were made in its place, and in theirs. */
  successorsOf(id: string): TokenSeen[] {
    const next = [...this.#bySecret.values()].filter(({ replaces }) => replaces === id);
    return next.flatMap((one) => [one, ...this.successorsOf(one.id)]);
  }

  sees(happening: Happening): void {
    switch (happening.kind) {
      case "calls": {
        const { token, method, request } = happening.call;
        this.#shown(this.of(token), happening.call);
        if (method !== "RevokeToken") return;
        const { id } = request as { id: string };
        this.#doubtful.add(id);
        this.#unwanted.add(id);
        return;
      }
      case "answered":
        this.#answered(happening);
        return;
      case "heard": {
        const { wire, frame } = happening;
        if (frame.case !== "hello") return;
        this.#faces.set(wire, frame.value);
        this.#shown(this.of(wire.token), wire);
        return;
      }
      case "said":
        if (happening.frame.case === "welcome") this.#used(this.of(happening.wire.token));
        return;
      default:
        return;
    }
  }

  #answered({ call: { token, method, request }, response }: Answered): void {
    const asker = this.of(token);
    if (response === null || asker === undefined) return;
    this.#used(asker);
    const { id, token: secret = "" } = response as { id?: string; token?: string };
    const { account } = asker;
    if (method === "CreateToken" && id !== undefined) {
      const { tags = [] } = request as { tags?: string[] };
      this.#made(secret, { id, account, tags: tags.length === 0 ? asker.tags : tags, replaces: null });
    }
    if (method === "RotateToken" && id !== undefined) {
      const { from } = request as { from?: Face };
      this.#made(secret, { id, account, tags: asker.tags, replaces: asker.id });
      if (from !== undefined) this.#askedBy.set(id, from);
    }
    if (method === "RevokeToken") this.revoked.add((request as { id: string }).id);
  }

  #made(secret: string, token: TokenSeen): void {
    this.#bySecret.set(secret, token);
    this.#world.secrets.push(secret);
  }

  #shown(token: TokenSeen | undefined, by: object): void {
    this.#failuresBefore.set(by, this.#world.disk.failed);
    if (token?.replaces != null && !this.replaced.has(token.replaces)) this.#doubtful.add(token.replaces);
  }

  /** It was accepted by a server whose disk was well, and what it was to replace is still there. */
  leftBy(by: WireSeen | Call): string | null {
    const token = this.of(by.token);
    const { disk } = this.#world;
    if (token?.replaces == null || this.#failuresBefore.get(by) !== disk.failed) return null;
    return disk.rows.tokens.has(token.replaces) ? token.replaces : null;
  }

  /** It was accepted: what it was to replace is none any more, once the disk says so, too. */
  #used(token: TokenSeen | undefined): void {
    if (token?.replaces == null || this.#world.disk.rows.tokens.has(token.replaces)) return;
    if (this.replaced.has(token.replaces)) return;
    const asked = this.#askedBy.get(token.id);
    const { wires, sockets } = this.#world.network;
    for (const wire of [...wires, ...sockets]) {
      const face = this.#faces.get(wire);
      if (this.ofWire(wire)?.id !== token.replaces || face === undefined || asked === undefined) continue;
      if (face.session === asked.session && face.instance === asked.instance) this.#goesOnBy.set(wire, token);
    }
    this.replaced.add(token.replaces);
  }
}
