/** Slack's events, abridged (https://docs.slack.dev/apis/events-api/). */
import type { MakeSample, SampleIds } from "./sample.ts";

const sample =
  (type: string, details: (ids: SampleIds, ts: string) => object): MakeSample =>
  (ids, nowMs) => {
    const ts = (nowMs / 1000).toFixed(6);
    return {
      headers: { "content-type": "application/json", "user-agent": "Slackbot 1.0" },
      payload: {
        type: "event_callback",
        team_id: "T1DC2JH3J",
        api_app_id: "A0123ABC456",
        event_id: `Ev${ids.hex("event", 10).toUpperCase()}`,
        event_time: Math.floor(nowMs / 1000),
        event: { type, ts, event_ts: ts, user: "U2CERLKJA", channel: "C8PSS9T3V", ...details(ids, ts) },
      },
    };
  };

export const slackSamples: Readonly<Record<string, MakeSample>> = {
  app_mention: sample("app_mention", () => ({
    text: "<@U0LAN0Z89> the checkout hangs again when the basket is empty, can you look?",
  })),
  message: sample("message", (_, ts) => ({
    channel_type: "channel",
    thread_ts: ts,
    text: "It also hangs when the last item is removed.",
  })),
};
