/** GitHub's webhooks, abridged (https://docs.github.com/en/webhooks/webhook-events-and-payloads). */
import type { MakeSample, SampleIds } from "./sample.ts";

const OWNER = "octo-shop";
const REPO = `${OWNER}/storefront`;
const WEB = `https://github.com/${REPO}`;

/** A sample of the event `name`; its `action`, if it has one, stands in the payload. */
const sample =
  (name: string, details: (ids: SampleIds, at: string) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-event": name,
      "x-github-delivery": ids.uuid("delivery"),
      "x-github-hook-id": String(ids.number("hook", 9)),
    },
    payload: {
      ...details(ids, new Date(nowMs).toISOString()),
      repository: repository(),
      sender: user("mona"),
    },
  });

const user = (login: string) => ({ login, type: "User", html_url: `https://github.com/${login}` });

const repository = () => ({
  id: 731_204_118,
  name: "storefront",
  full_name: REPO,
  private: true,
  owner: { login: OWNER, type: "Organization" },
  html_url: WEB,
  default_branch: "main",
});

function pullRequest(ids: SampleIds, at: string, closed: boolean) {
  const number = ids.number("pull", 3);
  return {
    id: ids.number("pull id", 10),
    number,
    state: closed ? "closed" : "open",
    title: "Retry the payment when the card network times out",
    body: "Checkout gave up after one try. Now it tries three times, with a growing pause.\n\nFixes #214",
    user: user("mona"),
    html_url: `${WEB}/pull/${number}`,
    diff_url: `${WEB}/pull/${number}.diff`,
    draft: false,
    merged: closed,
    ...(closed ? { merged_at: at, merged_by: user("hubot"), merge_commit_sha: ids.hex("merge", 40) } : {}),
    head: { ref: "retry-payment", sha: ids.hex("head", 40) },
    base: { ref: "main", sha: ids.hex("base", 40) },
    commits: 2,
    additions: 84,
    deletions: 11,
    changed_files: 4,
    created_at: at,
    updated_at: at,
  };
}

function issue(ids: SampleIds, at: string) {
  const number = ids.number("issue", 3);
  return {
    id: ids.number("issue id", 10),
    number,
    state: "open",
    title: "Checkout hangs when the basket is empty",
    body: "1. Open /checkout with nothing in the basket\n2. The page spins forever\n\nExpected: a word that it is empty.",
    user: user("mona"),
    labels: [{ name: "bug", color: "d73a4a" }],
    html_url: `${WEB}/issues/${number}`,
    created_at: at,
    updated_at: at,
  };
}

function workflowRun(ids: SampleIds, at: string) {
  const id = ids.number("run", 11);
  return {
    id,
    name: "CI",
    head_branch: "main",
    head_sha: ids.hex("head", 40),
    path: ".github/workflows/ci.yml",
    run_number: ids.number("run number", 4),
    run_attempt: 1,
    event: "push",
    status: "completed",
    conclusion: "failure",
    html_url: `${WEB}/actions/runs/${id}`,
    logs_url: `https://api.github.com/repos/${REPO}/actions/runs/${id}/logs`,
    run_started_at: at,
    updated_at: at,
  };
}

function push(ids: SampleIds, at: string) {
  const [before, after] = [ids.hex("before", 40), ids.hex("after", 40)];
  const commit = {
    id: after,
    message: "Show the delivery date in the basket",
    timestamp: at,
    author: { name: "Mona", email: "mona@example.com", username: "mona" },
    added: ["src/basket/delivery-date.ts"],
    removed: [],
    modified: ["src/basket/page.ts"],
  };
  return {
    ref: "refs/heads/main",
    before,
    after,
    created: false,
    deleted: false,
    forced: false,
    compare: `${WEB}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    pusher: { name: "mona", email: "mona@example.com" },
    commits: [commit],
    head_commit: commit,
  };
}

export const githubSamples: Readonly<Record<string, MakeSample>> = {
  "pull_request.opened": sample("pull_request", (ids, at) => {
    const pull_request = pullRequest(ids, at, false);
    return { action: "opened", number: pull_request.number, pull_request };
  }),
  "pull_request.closed": sample("pull_request", (ids, at) => {
    const pull_request = pullRequest(ids, at, true);
    return { action: "closed", number: pull_request.number, pull_request };
  }),
  "pull_request_review.submitted": sample("pull_request_review", (ids, at) => ({
    action: "submitted",
    review: {
      id: ids.number("review", 10),
      state: "changes_requested",
      body: "The third try should not charge twice: please send the idempotency key.",
      user: user("hubot"),
      submitted_at: at,
    },
    pull_request: pullRequest(ids, at, false),
  })),
  push: sample("push", push),
  "issues.opened": sample("issues", (ids, at) => ({ action: "opened", issue: issue(ids, at) })),
  "issue_comment.created": sample("issue_comment", (ids, at) => ({
    action: "created",
    issue: issue(ids, at),
    comment: {
      id: ids.number("comment", 10),
      body: "It also hangs when the last item is removed on the page itself.",
      user: user("hubot"),
      created_at: at,
    },
  })),
  "workflow_run.completed": sample("workflow_run", (ids, at) => ({
    action: "completed",
    workflow_run: workflowRun(ids, at),
    workflow: { id: 48_112_007, name: "CI", path: ".github/workflows/ci.yml", state: "active" },
  })),
  "check_run.completed": sample("check_run", (ids, at) => ({
    action: "completed",
    check_run: {
      id: ids.number("check", 11),
      name: "unit tests",
      head_sha: ids.hex("head", 40),
      status: "completed",
      conclusion: "failure",
      output: {
        title: "2 of 418 tests failed",
        summary: "basket › keeps the voucher\nbasket › rounds to cents",
      },
      started_at: at,
      completed_at: at,
    },
  })),
  "release.published": sample("release", (ids, at) => ({
    action: "published",
    release: {
      id: ids.number("release", 9),
      tag_name: "v2.7.0",
      name: "2.7.0",
      body: "- Delivery dates in the basket\n- Payments are tried again when the network times out",
      draft: false,
      prerelease: false,
      author: user("mona"),
      html_url: `${WEB}/releases/tag/v2.7.0`,
      published_at: at,
    },
  })),
};
