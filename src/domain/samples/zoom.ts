/** Zoom's webhooks, abridged (https://developers.zoom.us/docs/api/meetings/events/). */
import type { MakeSample, SampleIds } from "./sample.ts";

const sample =
  (event: string, details: (at: string) => object): MakeSample =>
  (ids, nowMs) => ({
    headers: { "content-type": "application/json; charset=utf-8", "user-agent": "Zoom Marketplace/1.0a" },
    payload: {
      event,
      event_ts: nowMs,
      payload: {
        account_id: "AAAAAABBBB",
        object: { ...meeting(ids), ...details(new Date(nowMs).toISOString()) },
      },
    },
  });

const meeting = (ids: SampleIds) => ({
  id: ids.number("meeting", 10),
  uuid: ids.hex("uuid", 24),
  host_id: "x1yCzABCDEfg23HiJKl4mN",
  topic: "Storefront weekly",
  type: 8,
  timezone: "Europe/Berlin",
});

export const zoomSamples: Readonly<Record<string, MakeSample>> = {
  "meeting.ended": sample("meeting.ended", (at) => ({ duration: 30, end_time: at })),
  "recording.completed": sample("recording.completed", (at) => ({
    start_time: at,
    share_url: "https://zoom.us/rec/share/example",
    recording_files: [{ file_type: "TRANSCRIPT", file_extension: "VTT", status: "completed" }],
  })),
};
