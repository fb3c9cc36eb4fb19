/** Bitbucket Cloud's webhooks, abridged (https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/). */
import type { MakeSample, SampleIds } from "./sample.ts";

const WEB = "https://bitbucket.org/acme/storefront";

const sample =
  (event: string, details: (ids: SampleIds, at: string) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: {
      "content-type": "application/json",
      "user-agent": "Bitbucket-Webhooks/2.0",
      "x-event-key": event,
      "x-hook-uuid": ids.uuid("hook"),
      "x-request-uuid": ids.uuid("request"),
      "x-attempt-number": "1",
    },
    payload: {
      actor: { display_name: "Mona", nickname: "mona" },
      repository: { full_name: "acme/storefront", name: "storefront", links: { html: { href: WEB } } },
      ...details(ids, new Date(nowMs).toISOString()),
    },
  });

export const bitbucketSamples: Readonly<Record<string, MakeSample>> = {
  "pullrequest:created": sample("pullrequest:created", (ids, at) => {
    const id = ids.number("pull request", 3);
    return {
      pullrequest: {
        id,
        title: "Retry the payment when the card network times out",
        state: "OPEN",
        created_on: at,
        source: { branch: { name: "retry-payment" } },
        destination: { branch: { name: "main" } },
        links: { html: { href: `${WEB}/pull-requests/${id}` } },
      },
    };
  }),
  "repo:push": sample("repo:push", (ids, at) => ({
    push: {
      changes: [
        {
          new: { type: "branch", name: "main", target: { hash: ids.hex("commit", 40), date: at } },
          commits: [{ hash: ids.hex("commit", 40), message: "Show the delivery date in the basket" }],
        },
      ],
    },
  })),
};
