/** A real server, the plugin's own process on it, and two sessions of others: one of each for the whole list. */
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { z } from "zod";
import { ControlService, type EventInfo } from "../../proto/gen/signalbox/v1/control_pb.ts";
import { type ControlClient, controlClient } from "../../src/cli/control-client.ts";
import { EVENT_STATES } from "../../src/domain/event.ts";
import { type Session, usersNode, World } from "../plugin/bundle-rig.ts";
import { LinkClient } from "../world/link-client.ts";
import { post, startServer, type TestServer } from "../world/server.ts";
import { until } from "../world/until.ts";

const { method } = ControlService;

const ToolResult = z.strictObject({
  content: z.tuple([z.strictObject({ type: z.literal("text"), text: z.string() })]),
  isError: z.boolean().default(false),
});

/** Of the session that is looked at, of another that is connected, and of one that is not. */
export const OWN = "deploys";
export const OTHER = "oncall";
export const ABSENT = "night";

export const SECRET = "the secret of a test";

export interface Made {
  id: string;
  slug: string;
  url: string;
  text: string;
}

export class Place {
  readonly server: TestServer;
  readonly world: World;
  readonly box: Session;
  /** The session with the tag OTHER. */
  readonly other: LinkClient;
  /** What it asks. */
  readonly otherControl: ControlClient;
  #made = 0;

  private constructor(server: TestServer, world: World, box: Session, others: [LinkClient, ControlClient]) {
    this.server = server;
    this.world = world;
    this.box = box;
    [this.other, this.otherControl] = others;
  }

  static async open(): Promise<Place> {
    const server = await startServer();
    const world = new World(usersNode() ?? process.execPath);
    const newToken = async (label: string) =>
      (await server.control.call(method.createToken, { label })).token;
    const connectionToken = await newToken("laptop");
    world.configure(server.running.grpcUrl, { connectionToken, session: OWN, delivery: "pull" });
    const token = await newToken("other");
    const other = new LinkClient(server.running.grpcUrl, token);
    const otherControl = controlClient({ url: server.running.grpcUrl, token });
    other.hello({ session: "other", instance: "instance-of-other", tag: OTHER });
    await other.hears("welcome");
    const place = new Place(server, world, await world.session("another-client"), [other, otherControl]);
    await place.untilOnline();
    return place;
  }

  untilOnline(): Promise<true> {
    return until(async () => (await this.ask("account_info")).includes("Link: online"), "the link");
  }

  /** What the tool answers: a short text, and nothing beside it. */
  async call(tool: string, args: object = {}): Promise<{ text: string; failed: boolean }> {
    const result = await this.box.client.callTool({ name: tool, arguments: { ...args } });
    const { content, isError } = ToolResult.parse(result);
    const [{ text }] = content;
    expect(text.length, `${tool} answers shortly`).toBeLessThan(30_000);
    return { text, failed: isError };
  }

  /** The same of a call that does what it is asked for. */
  async ask(tool: string, args: object = {}): Promise<string> {
    const { text, failed } = await this.call(tool, args);
    if (failed) throw new Error(`${tool} ${JSON.stringify(args)}: ${text}`);
    return text;
  }

  /** A name that nothing here has yet. */
  fresh(of = "x"): string {
    this.#made += 1;
    return `${of}-${this.#made}`;
  }

  async source(settings: object = {}): Promise<Made> {
    const slug = this.fresh("source");
    const text = await this.ask("source_create", { slug, secret: SECRET, ...settings });
    return { slug, text, ...idAndUrl(text) };
  }

  async cron(settings: object = {}): Promise<{ id: string; text: string }> {
    const text = await this.ask("cron_create", { schedule: "@yearly", prompt: "/catchup", ...settings });
    return { id: found(text, /cron_\w+/), text };
  }

  /** A request of a source's provider; what the server answers. */
  send(to: Pick<Made, "url">, payload: object = {}, headers: Record<string, string> = {}) {
    const body = JSON.stringify({ drawn: this.fresh(), ...payload });
    const signature = createHmac("sha256", SECRET).update(body).digest("hex");
    return post(to.url, body, { "x-signature": signature, ...headers });
  }

  /** The same where it is accepted: its event. */
  async event(to: Pick<Made, "url">, payload: object = {}, headers = {}): Promise<EventInfo> {
    const { status, body } = await this.send(to, payload, headers);
    expect(status).toBe(202);
    return this.info(String(body.id));
  }

  async info(id: string): Promise<EventInfo> {
    // Most are asked for that have just come.
    for (const limit of [20, 500]) {
      const { events } = await this.server.control.call(method.listEvents, {
        states: [...EVENT_STATES],
        limit,
      });
      const event = events.find((one) => one.id === id);
      if (event !== undefined) return event;
    }
    throw new Error(`there is no event ${id}`);
  }

  /** What Claude reads of an event of this session's lane, which is settled then. */
  async reads(made: () => Promise<{ id: string }>): Promise<string> {
    const { id } = await made();
    const text = await this.ask("event_take", { wait_seconds: 10 });
    expect(text).toContain(`Signalbox event ${id} `);
    await this.ask("event_ack", { event_id: id, summary: "looked at it" });
    return text;
  }

  /** An event that is in this session's hands. */
  async inHand(settings: object = {}): Promise<string> {
    const { id } = await this.event(await this.source(settings));
    expect(await this.ask("event_take", { wait_seconds: 10 })).toContain(id);
    return id;
  }

  /** All that the account has, and what stands in the configuration's folder. */
  async owned(): Promise<string> {
    const { control } = this.server;
    const all = [
      (await control.call(method.listSources, {})).sources,
      (await control.call(method.listCrons, { limit: 200 })).crons,
      (await control.call(method.listLanes, {})).lanes,
      // The newest, and how many there are of each state.
      await control.call(method.listEvents, { states: [...EVENT_STATES], limit: 30 }),
      (await control.call(method.listTokens, {})).tokens.map(({ id, label, links }) => ({
        id,
        label,
        links,
      })),
      this.#files(),
    ];
    return JSON.stringify(all, (_, value) => (typeof value === "bigint" ? String(value) : value), 1);
  }

  #files(): string[] {
    const folder = dirname(this.world.config);
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => `${name}: ${readFileSync(join(folder, name), "utf8")}`);
  }

  async close(): Promise<void> {
    await this.world.close();
    this.other.close();
    this.otherControl.close();
    await this.server.stop();
  }
}

const idAndUrl = (text: string) => ({
  id: found(text, /src_\w+/),
  url: found(text, /http:\/\/\S+\/webhook\/\S+/),
});

/** What the text has of this form. */
export function found(text: string, form: RegExp): string {
  const [match] = form.exec(text) ?? [];
  if (match === undefined) throw new Error(`nothing of the form ${form} stands in: ${text}`);
  return match;
}
