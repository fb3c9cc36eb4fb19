/** The accounts of a world, made by the server's own services: each with a token, sources for its lanes, and secrets. */
import { laneOfTag } from "../../../src/domain/lane.ts";
import type { Priority } from "../../../src/domain/order.ts";
import { OWN_DEADLINES } from "../own-deadlines.ts";
import { HABITS, type Habit, OWN_TIMES } from "../own-times.ts";
import type { ServerProcess } from "./server.ts";

/** `null`: the untagged lane. */
export const TAGS = [null, "deploys"] as const;

export interface TenantSource {
  id: string;
  slug: string;
  lane: string;
  priority: Priority;
  habit: Habit;
}

export interface Tenant {
  id: string;
  profileId: string;
  /** What all its seats share in the beginning. */
  token: string;
  tokenId: string;
  /** The token of whoever keeps the others. */
  operator: string;
  operatorId: string;
  sources: readonly TenantSource[];
}

const PRIORITIES: readonly Priority[] = ["normal", "priority", "interrupt"];
const KINDS: readonly [Priority, Habit][] = [
  ...PRIORITIES.map((priority): [Priority, Habit] => [priority, "plain"]),
  ...HABITS.filter((habit) => habit !== "plain").map((habit): [Priority, Habit] => ["normal", habit]),
];

/** Two accounts with the same slugs, tags and lanes (promise 9). */
export async function makeTenants({ box, store }: ServerProcess, secrets: string[]): Promise<Tenant[]> {
  const other = {
    ...box.account,
    id: `acc_${"0".repeat(25)}b`,
    profileId: `p_${"b".repeat(24)}`,
    label: "other",
  };
  await store.putAccount(other);
  const tenants: Tenant[] = [];
  for (const account of [box.account, other]) {
    const { secret, token } = await box.tokens.issue(account.id, "connect", "session", []);
    const operator = await box.tokens.issue(account.id, "operator", "session", []);
    secrets.push(secret, operator.secret);
    const sources: TenantSource[] = [];
    for (const tag of TAGS) {
      for (const [priority, habit] of KINDS) {
        const slug = `${tag ?? "untagged"}-${priority}${habit === "plain" ? "" : `-${habit}`}`;
        const asked = {
          slug,
          scheme: "generic",
          priority,
          skill: "/review",
          ...(tag !== null && { tag }),
          options: { ...OWN_DEADLINES[priority], ...OWN_TIMES[habit] },
        };
        const { source, secret: made } = await box.sources.create(account, asked);
        if (made !== null) secrets.push(made);
        sources.push({ id: source.id, slug, lane: laneOfTag(tag), priority, habit });
      }
    }
    const { id, profileId } = account;
    const kept = { operator: operator.secret, operatorId: operator.token.id };
    tenants.push({ id, profileId, token: secret, tokenId: token.id, ...kept, sources });
  }
  return tenants;
}
