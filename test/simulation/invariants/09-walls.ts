/** Promise 9: what is another account's is like what does not exist. */
import { AckStatus } from "../../../proto/gen/signalbox/v1/link_pb.ts";
import { accountOf } from "../account-of.ts";
import { Broken, type MakeInvariant } from "./invariant.ts";

export const walls: MakeInvariant = ({ disk }) => {
  const ownerOf = (id: string) => disk.rows.events.get(id)?.seen.facts.account;
  return {
    promise: 9,
    title: "accounts are walls",
    sees(happening) {
      switch (happening.kind) {
        case "said": {
          const { wire, frame } = happening;
          const account = accountOf(wire, disk.rows.tokens);
          if (frame.case === "welcome" && account === "")
            throw new Broken(9, "a stream without a token is let in");
          if (frame.case !== "deliver" && frame.case !== "acked" && frame.case !== "recall") return;
          const { eventId = "" } = frame.value.of ?? {};
          if (ownerOf(eventId) === account) return;
          if (frame.case === "acked" && frame.value.status === AckStatus.UNKNOWN && frame.value.state === "")
            return;
          throw new Broken(9, `a stream of ${account} hears ${frame.case} of ${eventId}, which is another's`);
        }
        case "event": {
          const { facts, actor } = happening.after;
          const holder = actor.context.claim?.session;
          if (holder !== undefined && !disk.rows.sessions.has(`${facts.account} ${holder}`))
            throw new Broken(
              9,
              `${facts.id} is in the hands of ${holder}, which is no session of its account`,
            );
          return;
        }
        case "accepted":
          if (ownerOf(happening.id) !== happening.webhook.account)
            throw new Broken(9, `a sender to one account is told of ${happening.id}, which is another's`);
          return;
        case "shown":
        case "page":
          if (ownerOf(happening.eventId) !== happening.to.account)
            throw new Broken(
              9,
              `${happening.to.client} reads ${happening.eventId}, which is another account's`,
            );
          return;
        default:
          return;
      }
    },
  };
};
