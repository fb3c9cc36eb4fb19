/** What comes before a connection: the configuration as it is now, the state of those that are gone, and the Hello. */
import { type AdoptionPorts, adoptOrphans } from "./adoption.ts";
import { targetOf } from "./configuration.ts";
import { toWire, WIRE_WAY } from "./delivery.ts";
import type { Hello, Preparation } from "./link.ts";
import type { Parts } from "./parts.ts";
import type { ClientFace } from "./surroundings.ts";

/** Of the link protocol; a server that speaks another refuses. */
export const PROTOCOL = 1;

/** Never rejects. */
export async function prepareLink(
  parts: Parts,
  ports: AdoptionPorts,
  client: () => ClientFace | null,
): Promise<Preparation> {
  const { membership, journal, surroundings, ways, deadToken, log } = parts;
  const standing = await membership.standing();
  if (standing.kind === "unconfigured" || standing.kind === "bad_tag") {
    return { kind: "unconfigured", problem: standing.problem };
  }
  if (standing.kind === "outside") return { kind: "standsBy", problem: standing.why };
  const { configuration, tag } = standing;
  const { sessionMessaging: messaging } = configuration;
  const refused = deadToken.whyNot(configuration.fingerprint);
  if (refused !== null) return { kind: "unconfigured", problem: refused };
  ways.configure(configuration.delivery);
  try {
    await journal.open(configuration);
    await adoptOrphans(journal, surroundings.sessionId, ports);
  } catch (error) {
    // Without a disk events still come, and acks are still confirmed; only a break at the wrong moment costs more.
    log.warn("the state folder can't be used", { error: error instanceof Error ? error.message : "unknown" });
  }
  return {
    kind: "open",
    target: targetOf(configuration),
    hello: () => sayHello(parts, { tag, messaging }, client()),
  };
}

function sayHello(
  parts: Parts,
  { tag, messaging }: { tag: string; messaging: boolean },
  client: ClientFace | null,
): Hello {
  const { surroundings, hand, outbox, presence, ways } = parts;
  const { sessionId, instance, entrypoint, projectDir, pluginVersion } = surroundings;
  return {
    protocol: PROTOCOL,
    pluginVersion,
    session: sessionId,
    instance,
    tag,
    messaging,
    client: client === null ? "" : `${client.name} ${client.version}`.trim(),
    entrypoint: entrypoint ?? "",
    project: projectDir?.split(/[/\\]/).findLast((part) => part !== "") ?? "",
    ways: ways.possible.map((way) => WIRE_WAY[way]),
    ...(hand.event !== null && { inHand: toWire(hand.event) }),
    unconfirmed: outbox.forHello(),
    presence: presence.forHello(),
  };
}
