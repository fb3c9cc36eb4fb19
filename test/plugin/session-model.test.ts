/** Whatever the client, its user and the network do: nothing is seen twice, nobody's words are eaten, nothing starves. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { TurnLost } from "../../proto/gen/signalbox/v1/link_pb.ts";
import { settle } from "../world/simulated-clock.ts";
import { OWN, Rig } from "./core-rig.ts";
import { deliver, lineOf, tagOf, wakeOf } from "./event-samples.ts";

const ACTS = [
  "arrive",
  "surface channel",
  "surface wake",
  "recall",
  "type",
  "quote",
  "stop",
  "escape",
  "clear",
  "take",
  "take unread",
  "ack",
  "work",
  "break",
  "pass",
  "pass long",
] as const;
type Act = (typeof ACTS)[number];

const REST = ["pass long", "surface channel", "surface wake", "pass"] as const;

/** A client with hooks whose channel works or not, its user, and a server with a lane that is never empty. */
class World {
  readonly rig: Rig;
  readonly #channelWorks: boolean;
  readonly #given: string[] = [];
  #claim: string | null = null;
  #emitted = 0;
  #woken = 0;
  #losses = 0;
  /** Copies that reached the conversation since the event was last handed over. */
  #seen = 0;

  private constructor(rig: Rig, channelWorks: boolean) {
    this.rig = rig;
    this.#channelWorks = channelWorks;
    rig.serve = () => {
      this.#losses = 0;
      return this.#claim === null ? null : { eventId: this.#claim, delivery: 1 };
    };
  }

  static async start(channelWorks: boolean): Promise<World> {
    const rig = await Rig.online();
    await rig.hook("SessionStart", { source: "startup" });
    rig.waiters.arrive();
    return new World(rig, channelWorks);
  }

  get claim(): string | null {
    return this.#claim;
  }

  /** The plugin has proof that the conversation knows of the event. */
  get shown(): boolean {
    const { link } = this.rig;
    return [...link.all("surfaced"), ...link.all("taken")].some(({ of }) => of?.eventId === this.#claim);
  }

  async do(act: Act): Promise<void> {
    const { rig } = this;
    switch (act) {
      case "arrive":
        return this.#handOver();
      case "surface channel":
        return this.#surfaceChannel();
      case "surface wake":
        return this.#surfaceWakes();
      case "recall":
        return this.#recall();
      case "quote":
        return this.#quote();
      case "type":
        expect(await rig.hook("UserPromptSubmit", { prompt: "hello" })).toEqual({});
        rig.waiters.arrive();
        return;
      case "stop":
        await rig.hook("Stop");
        return;
      case "escape":
        return rig.clock.pass(61_000);
      case "clear":
        await rig.hook("SessionStart", { source: "clear" });
        rig.waiters.arrive();
        return this.#showAgain();
      case "take":
      case "take unread": {
        await rig.hook("PreToolUse", { tool_name: `${OWN}event_take`, tool_use_id: "t" });
        const answer = rig.call("event_take");
        await settle();
        await this.#handOver();
        await rig.clock.pass(1_000);
        const { text } = await answer;
        if (this.#claim !== null) expect(text).toContain(this.#claim);
        if (act === "take") await rig.read("event_take");
        return;
      }
      case "ack":
        return this.#ack();
      case "work":
        await rig.hook("PreToolUse", { tool_name: "Bash", tool_use_id: "b" });
        await rig.hook("PostToolUse", { tool_name: "Bash", tool_use_id: "b" });
        return;
      case "break":
        return this.#break();
      case "pass":
        return rig.clock.pass(1_500);
      case "pass long":
        await rig.clock.pass(16 * 60_000);
        return this.#showAgain();
    }
  }

  async #handOver(): Promise<void> {
    if (this.#claim !== null || !this.rig.link.presence.ready) return;
    await this.rig.link.say(deliver(this.#next()));
  }

  #next(): string {
    const eventId = `evt_01k00000000000000000000${String(this.#given.length).padStart(3, "0")}`;
    this.#given.push(eventId);
    this.#claim = eventId;
    this.#seen = 0;
    return eventId;
  }

  /** What was emitted reaches the conversation late, or never. */
  async #surfaceChannel(): Promise<void> {
    const { shown } = this.rig;
    for (; this.#emitted < shown.length; this.#emitted++) {
      const { event_id, delivery } = shown[this.#emitted]?.meta ?? {};
      if (this.#channelWorks && event_id !== undefined)
        await this.#prompt(event_id, tagOf(event_id, Number(delivery)));
    }
  }

  async #surfaceWakes(): Promise<void> {
    const { woken } = this.rig.waiters;
    for (; this.#woken < woken.length; this.#woken++) {
      const eventId = woken[this.#woken];
      if (eventId !== undefined) await this.#prompt(eventId, wakeOf(eventId));
      this.rig.waiters.arrive();
    }
  }

  /** A line that the session was about to be woken with is as good when somebody quotes it. */
  async #quote(): Promise<void> {
    const { rig } = this;
    const receipts = rig.link.all("surfaced").length;
    for (const eventId of this.#given)
      expect(await rig.hook("UserPromptSubmit", { prompt: `${lineOf(eventId)} What is this?` })).toEqual({});
    this.#seen += rig.link.all("surfaced").length - receipts;
    expect(this.#seen).toBeLessThanOrEqual(1);
    rig.waiters.arrive();
  }

  async #recall(): Promise<void> {
    if (this.#claim === null) return;
    const of = { eventId: this.#claim, delivery: 1 };
    this.#claim = null;
    await this.rig.link.say({ case: "recall", value: { of } });
  }

  async #prompt(eventId: string, prompt: string): Promise<void> {
    const answer = await this.rig.hook("UserPromptSubmit", { prompt });
    if (JSON.stringify(answer) !== "{}") return;
    expect(eventId).toBe(this.#claim);
    this.#seen += 1;
    expect(this.#seen).toBe(1);
  }

  async #ack(): Promise<void> {
    const { rig } = this;
    const eventId = this.#claim;
    if (eventId === null || !rig.link.all("held").some(({ of }) => of?.eventId === eventId)) return;
    const answer = rig.call("event_ack", { event_id: eventId, summary: "done" });
    await settle();
    const ready = rig.link.all("ack").at(-1)?.ready === true;
    this.#claim = null;
    await rig.link.acked(eventId, { next: ready });
    if (ready) {
      const next = this.#next();
      await rig.link.say(deliver(next));
      expect((await answer).text).toContain(next);
      await rig.hook("PostToolUse", { tool_name: `${OWN}event_ack`, tool_use_id: "a" });
    }
    await answer;
  }

  async #break(): Promise<void> {
    const { rig } = this;
    await this.#showAgain();
    await rig.link.breaks();
    const links = rig.links.length;
    while (rig.links.length === links) await rig.clock.pass(100);
    const { inHand } = rig.link.one("hello");
    expect(inHand?.eventId ?? null).toBe(this.#claim);
    await settle();
  }

  /** The server's answer to a turn that died. */
  async #showAgain(): Promise<void> {
    const losses = this.rig.link.all("presence").filter(({ turnLost }) => turnLost !== TurnLost.UNSPECIFIED);
    if (losses.length === this.#losses) return;
    this.#losses = losses.length;
    if (losses.at(-1)?.lost?.eventId !== this.#claim || this.#claim === null) return;
    this.#seen = 0;
    await this.rig.link.say(deliver(this.#claim, 1, { again: true }));
  }
}

test.each([true, false])(
  "a session whose channel works: %s",
  async (channelWorks) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...ACTS), { maxLength: 30 }), async (acts) => {
        const world = await World.start(channelWorks);
        for (const act of acts) await world.do(act);
        // Left alone, the session comes to see what it has in hand, settles it, and takes the next.
        for (let i = 0; i < 3; i++) for (const act of REST) await world.do(act);
        expect(world.claim === null || world.shown).toBe(true);
        while (world.claim !== null) await world.do("ack");
        await world.do("stop");
        world.rig.waiters.arrive();
        expect(world.rig.link.presence).toMatchObject({ ready: true, busy: false });
        world.rig.box.close();
        expect(world.rig.clock.timers).toBe(0);
      }),
      { numRuns: 300 },
    );
  },
  60_000,
);
