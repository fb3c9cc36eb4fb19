/** Clawback's documentation of sessions that speak to each other: `session_send`, `session_list`. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { ControlService } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { Outcome } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { until } from "../world/until.ts";
import { BAD_PRIORITY, long, NO_TEXT, type ToolCheck } from "./check.ts";
import { ABSENT, found, OTHER, OWN, type Place } from "./place.ts";

const UNKNOWN_ID = "evt_00000000000000000000000000";

export const SESSION_TOOLS: Readonly<Record<string, ToolCheck>> = {
  session_send: {
    answers: "how many were sent and how many are queued",
    told: async (at) => {
      const message = at.fresh("hello");
      const text = await at.ask("session_send", { target: `${OTHER},${ABSENT}`, message });
      expect(text).toMatch(
        new RegExp(`^Sent: 1 \\(${OTHER} evt_\\w+\\)\\. Queued: 1 \\(${ABSENT} evt_\\w+\\)\\.`),
      );
      await otherHears(at, message);
    },
    least: () => ({ target: ABSENT, message: "never" }),
    arguments: {
      target: {
        promise: "is a tag, several with commas between them, or * for those that are connected now",
        holds: async (at) => {
          const [one, all] = [at.fresh("to one"), at.fresh("to all")];
          expect(await at.ask("session_send", { target: OTHER, message: one })).toContain("Sent: 1 ");
          await otherHears(at, one);
          const told = await at.ask("session_send", { target: "*", message: all });
          expect(told).toMatch(new RegExp(`^Sent: 1 \\(${OTHER} evt_\\w+\\)\\. Queued: 0\\.`));
          await otherHears(at, all);
          const away = await at.ask("session_send", { target: ABSENT, message: at.fresh() });
          expect((await at.info(found(away, /evt_\w+/))).state).toBe("queued");
        },
        refuses: [
          ["", /no target is named\. Name a tag, several with commas between them/],
          ["Not A Tag", /target 1 of 1 is no session tag\. Name a tag/],
          [`${ABSENT},Not A Tag`, /target 2 of 2 is no session tag/],
          [OWN, /Not sent to deploys: this session serves it/],
          [Array.from({ length: 51 }, (_, i) => `t${i}`).join(), /51 targets are named, at most 50 can be/],
          [long(4_097), /has more than 4096 characters/],
          NO_TEXT,
        ],
      },
      message: {
        promise: "is what the other session reads, as somebody else's words",
        required: true,
        holds: async (at) => {
          const message = at.fresh("The build is green");
          await at.ask("session_send", { target: OTHER, message });
          const content = await otherHears(at, message);
          expect(content).toContain(`from session ${OWN}`);
          expect(content).toMatch(new RegExp(`<payload-\\w+>\\n${message}\\n</payload-`));
        },
        refuses: [
          ["", /message: say what it is about/],
          [" ", /the message is empty\. Say what it is about/],
          [long(32_769), /at most 32768 characters; put what is long into a file/],
          ["ä".repeat(32_768), /65536 bytes, at most 32768 can be sent\. Put what is long into a file/],
          NO_TEXT,
        ],
      },
      priority: {
        promise: "is where it stands in the other's lane; by default at its end",
        holds: async (at) => {
          for (const priority of ["normal", "priority", "interrupt", undefined]) {
            const told = await at.ask("session_send", { target: ABSENT, message: at.fresh(), priority });
            expect((await at.info(found(told, /evt_\w+/))).band).toBe(priority ?? "normal");
          }
        },
        refuses: [BAD_PRIORITY],
      },
      reply_to: {
        promise: "names the message that it answers, whose sender is the default target",
        holds: async (at) => {
          const id = await otherSays(at, "Is the build green?");
          expect(await at.ask("event_take", { wait_seconds: 10 })).toContain(`Signalbox event ${id} `);
          const message = at.fresh("the answer");
          expect(await at.ask("session_send", { message, reply_to: id })).toContain(`Sent: 1 (${OTHER} `);
          expect(await otherHears(at, message)).toContain(id);
          await at.ask("event_ack", { event_id: id, summary: "answered" });
        },
        refuses: [
          ["evt_7", /the event id of a message: evt_ and 26 characters/],
          [UNKNOWN_ID, /reply_to names no message that was sent to this lane\. Use the event id/],
        ],
      },
      fanout: {
        promise: "gives it to each connected session of the tag",
        holds: async (at) => {
          const message = at.fresh("to each");
          expect(await at.ask("session_send", { target: OTHER, message, fanout: "all" })).toContain(
            "Sent: 1 ",
          );
          await otherHears(at, message);
        },
        refuses: [["some", /takes "all", or leave it out/]],
      },
    },
  },

  session_list: {
    answers: "the tags of the connected sessions, and which is mine",
    told: async (at) => {
      const text = await at.ask("session_list");
      expect(text).toMatch(
        new RegExp(`^${OWN}, this session's own: \\d+ waiting\\n- online \\(this one\\)`, "m"),
      );
      expect(text).toMatch(new RegExp(`^${OTHER}: \\d+ waiting\\n- online`, "m"));
      expect(text).not.toContain(ABSENT);
    },
    least: () => ({}),
    arguments: {},
  },
};

/** A message of the other session's to this one; its event. */
async function otherSays({ otherControl }: Place, text: string): Promise<string> {
  const { posted } = await otherControl.call(ControlService.method.sendMessage, {
    from: { session: "other", instance: "instance-of-other" },
    requestId: randomUUID(),
    target: OWN,
    text,
  });
  return posted[0]?.eventId ?? "no event";
}

/** What the other session is shown with these words, and has done then. */
async function otherHears({ other }: Place, words: string): Promise<string> {
  const { of, content } = await until(
    () => other.all("deliver").find((one) => one.content.includes(words)),
    `"${words}" at the other session`,
  );
  other.say({ case: "held", value: { of } });
  other.say({ case: "surfaced", value: { of } });
  other.say({ case: "ack", value: { of, outcome: Outcome.DONE, summary: "read", ready: true } });
  await until(() => other.all("acked").some((acked) => acked.of?.eventId === of?.eventId), "the ack");
  other.say({ case: "presence", value: { ready: true, hooks: true, waiter: true, life: true } });
  return content;
}
