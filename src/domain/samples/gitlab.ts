/** GitLab's webhooks, abridged (https://docs.gitlab.com/user/project/integrations/webhook_events/). */
import type { MakeSample, SampleIds } from "./sample.ts";

const WEB = "https://gitlab.com/acme/storefront";

const sample =
  (name: string, kind: string, details: (ids: SampleIds, at: string) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: {
      "content-type": "application/json",
      "user-agent": "GitLab/18.5.0",
      "x-gitlab-event": name,
      "x-gitlab-event-uuid": ids.uuid("event"),
      "x-gitlab-instance": "https://gitlab.com",
      "idempotency-key": ids.uuid("delivery"),
    },
    payload: {
      object_kind: kind,
      user: { name: "Mona", username: "mona" },
      project: { id: 48_112, name: "storefront", path_with_namespace: "acme/storefront", web_url: WEB },
      ...details(ids, new Date(nowMs).toISOString()),
    },
  });

export const gitlabSamples: Readonly<Record<string, MakeSample>> = {
  merge_request: sample("Merge Request Hook", "merge_request", (ids, at) => {
    const iid = ids.number("merge request", 3);
    return {
      object_attributes: {
        iid,
        title: "Retry the payment when the card network times out",
        state: "opened",
        action: "open",
        source_branch: "retry-payment",
        target_branch: "main",
        created_at: at,
        last_commit: { id: ids.hex("commit", 40) },
        url: `${WEB}/-/merge_requests/${iid}`,
      },
    };
  }),
  pipeline: sample("Pipeline Hook", "pipeline", (ids, at) => {
    const id = ids.number("pipeline", 10);
    return {
      object_attributes: {
        id,
        ref: "main",
        sha: ids.hex("commit", 40),
        status: "failed",
        duration: 187,
        finished_at: at,
        url: `${WEB}/-/pipelines/${id}`,
      },
      builds: [{ name: "test", stage: "test", status: "failed", failure_reason: "script_failure" }],
    };
  }),
};
