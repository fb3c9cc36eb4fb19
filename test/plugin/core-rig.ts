/** The plugin's core in a world of the test's own: clock, disk, wire, client and waiters are simulated. */
import { create, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { Box } from "../../plugin/src/core/box.ts";
import type { Configuration } from "../../plugin/src/core/configuration.ts";
import type { Files } from "../../plugin/src/core/ports/files.ts";
import type { Setup } from "../../plugin/src/core/ports/setup.ts";
import type {
  LinkStream,
  Reply,
  StreamListener,
  Target,
  Transport,
} from "../../plugin/src/core/ports/transport.ts";
import type { Waiters } from "../../plugin/src/core/ports/waiters.ts";
import type { Surroundings } from "../../plugin/src/core/surroundings.ts";
import { configurationOf } from "../../plugin/src/edges/config.ts";
import {
  AckStatus,
  type ConnectResponse,
  ConnectResponseSchema,
  type Presence,
} from "../../proto/gen/signalbox/v1/link_pb.ts";
import { SimulatedClock, settle } from "../world/simulated-clock.ts";
import { type Case, type Heard, type Said, type ValueOf, valuesIn } from "./frame-server.ts";

/** The server's end of one stream. */
export class FakeLink {
  readonly frames: Heard[] = [];
  ended = false;
  onHello = () => {};
  #listener: StreamListener<ConnectResponse> | null = null;

  readonly stream: LinkStream = {
    send: ({ frame }) => {
      if (!this.ended) this.frames.push(frame);
      if (frame?.case === "hello") this.onHello();
    },
    end: () => {
      this.ended = true;
    },
    listen: (listener) => {
      this.#listener = listener;
    },
  };

  /** Also after the end: the plugin must not listen then. */
  async say(...frames: Said[]): Promise<void> {
    for (const frame of frames) this.#listener?.onFrame(create(ConnectResponseSchema, { frame }));
    await settle();
  }

  async breaks(unauthenticated = false): Promise<void> {
    this.#listener?.onEnd({ clean: false, reason: "the cable was cut", unauthenticated });
    await settle();
  }

  all<C extends Case>(wanted: C): ValueOf<C>[] {
    return this.frames.flatMap((frame) => valuesIn(frame, wanted));
  }

  one<C extends Case>(wanted: C): ValueOf<C> {
    const [first, ...more] = this.all(wanted);
    if (first === undefined || more.length > 0)
      throw new Error(`${more.length + (first ? 1 : 0)} frames ${wanted}`);
    return first;
  }

  get presence(): Presence {
    const told = this.all("presence").at(-1) ?? this.one("hello").presence;
    if (told === undefined) throw new Error("the plugin has told nothing of itself");
    return told;
  }

  welcome(keep?: { eventId: string; delivery: number }): Promise<void> {
    return this.say({ case: "welcome", value: { epoch: 1n, ...(keep && { keep }) } });
  }

  acked(
    eventId: string,
    more: { delivery?: number; status?: AckStatus; next?: boolean; waiting?: number } = {},
  ): Promise<void> {
    const { delivery = 1, status = AckStatus.SETTLED, ...rest } = more;
    return this.say({ case: "acked", value: { of: { eventId, delivery }, status, state: "acked", ...rest } });
  }
}

export class FakeDisk implements Files {
  readonly files = new Map<string, string>();
  /** A write waits for it. */
  gate: Promise<void> = Promise.resolve();
  full = false;

  async read(path: string) {
    return this.files.get(path) ?? null;
  }
  async write(path: string, text: string) {
    await this.gate;
    if (this.full) throw new Error("no space left on device");
    this.files.set(path, text);
  }
  async makeFolder() {}
  async list(folder: string) {
    return [...this.files.keys()]
      .filter((path) => path.startsWith(`${folder}/`))
      .map((path) => path.slice(folder.length + 1));
  }
  async rename(from: string, to: string) {
    const text = this.files.get(from);
    this.files.delete(from);
    if (text !== undefined) this.files.set(to, text);
  }
  async remove(path: string) {
    this.files.delete(path);
  }
}

export class FakeWaiters implements Waiters {
  attached = false;
  readonly woken: string[] = [];
  #onChange: (arrived: boolean) => void = () => {};

  listen(onChange: (arrived: boolean) => void): void {
    this.#onChange = onChange;
  }
  wake(eventId: string): boolean {
    if (!this.attached) return false;
    this.attached = false;
    this.woken.push(eventId);
    this.#onChange(false);
    return true;
  }
  arrive(): void {
    this.attached = true;
    this.#onChange(true);
  }
}

export const OWN = "mcp__plugin_signalbox_box__";

export const SURROUNDINGS: Surroundings = {
  sessionId: "session-1",
  instance: "instance-1",
  entrypoint: "cli",
  attended: null,
  projectDir: "/home/me/shop",
  tag: null,
  pluginVersion: "0.1.0",
};

export const CONFIGURATION: Configuration = {
  path: "/home/me/.claude/channels/signalbox/config.json",
  remote: "http://127.0.0.1:4401",
  token: "cbt_test",
  session: null,
  projects: {},
  delivery: "auto",
  join: "interactive",
  sessionMessaging: true,
  notifications: false,
  stateFolder: "/state",
  fingerprint: "f",
  warnings: [],
};

export interface RigOptions {
  surroundings?: Partial<Surroundings>;
  configuration?: Partial<Configuration>;
  setup?: Setup;
  disk?: FakeDisk;
  clock?: SimulatedClock;
  /** Processes that live. */
  alive?: number[];
}

export class Rig {
  readonly clock: SimulatedClock;
  readonly disk: FakeDisk;
  readonly waiters = new FakeWaiters();
  readonly links: FakeLink[] = [];
  /** What a new link's Welcome lets it keep. Null: nobody welcomes it but the test itself. */
  serve: (() => { eventId: string; delivery: number } | null) | null = null;
  readonly shown: { content: string; meta: Record<string, string> }[] = [];
  readonly notified: { title: string; text: string }[] = [];
  readonly asked: { method: string; request: unknown }[] = [];
  /** By which token each was asked. */
  readonly askedBy: string[] = [];
  readonly logged: string[] = [];
  setup: Setup;
  /** The configuration file, as far as it is written. */
  readonly keeping = {
    hindered: null as string | null,
    full: false,
    kept: new Map<string, string>(),
    obstacle: async () => this.keeping.hindered,
    replace: async (from: string, to: string) => {
      if (this.keeping.full) throw new Error("no space left on device");
      if (this.setup.kind !== "ready" || this.setup.configuration.token !== from) return "changed" as const;
      const configuration = { ...this.setup.configuration, token: to, fingerprint: `of ${to}` };
      this.setup = { kind: "ready", configuration };
      return "saved" as const;
    },
    plan: async ({ token, remote }: { token: string; remote: string | null }) => {
      const before = this.setup.kind === "ready" ? this.setup.configuration : CONFIGURATION;
      const content = { remote: remote ?? before.remote, connectionToken: token };
      const planned = configurationOf(content, before.path, {});
      return planned.kind === "refused" ? planned : { ...planned, kind: "planned" as const, content };
    },
    configure: async ({ configuration }: { configuration: Configuration }) => {
      if (this.keeping.full) throw new Error("no space left on device");
      this.setup = { kind: "ready", configuration };
      return configuration.path;
    },
    clear: async () => {
      if (this.keeping.full) throw new Error("no space left on device");
      if (this.setup.kind !== "ready") return false;
      this.setup = { kind: "missing", path: this.setup.configuration.path };
      return true;
    },
    keep: async (name: string, text: string) => {
      if (this.keeping.full) throw new Error("no space left on device");
      this.keeping.kept.set(name, text);
      return `/home/me/.claude/channels/signalbox/${name}`;
    },
  };
  reply:
    | { kind: "ok"; response: object }
    | {
        kind: "failed";
        failure: "unavailable" | "unauthenticated" | "other";
        message: string;
        cure?: string;
      } = {
    kind: "failed",
    failure: "unavailable",
    message: "connection refused",
  };
  readonly box: Box;
  #drawn = 0;

  constructor(options: RigOptions = {}) {
    this.clock = options.clock ?? new SimulatedClock();
    this.disk = options.disk ?? new FakeDisk();
    this.setup = options.setup ?? {
      kind: "ready",
      configuration: { ...CONFIGURATION, ...options.configuration },
    };
    const log = (message: string) => void this.logged.push(message);
    this.box = new Box(
      {
        clock: this.clock,
        random: { bytes: (length) => new Uint8Array(length).fill(++this.#drawn), fraction: () => 0.5 },
        files: this.disk,
        processes: {
          self: { pid: 1, startedAt: "then" },
          isAlive: async ({ pid }) => options.alive?.includes(pid) ?? false,
        },
        transport: this.#transport(),
        client: { channel: (content, meta) => void this.shown.push({ content, meta }) },
        desktop: { notify: (title, text) => void this.notified.push({ title, text }) },
        waiters: this.waiters,
        loadSetup: async () => this.setup,
        tokenKeeping: this.keeping,
        log: { info: log, warn: log },
      },
      { ...SURROUNDINGS, ...options.surroundings },
    );
  }

  /** A session that is online, initialized, and ready for channel events. */
  static async online(options: RigOptions & { client?: string } = {}): Promise<Rig> {
    const rig = new Rig(options);
    rig.box.start();
    rig.box.initialized({ name: options.client ?? "claude-code", version: "2.1.329" });
    await settle();
    await rig.link.welcome();
    await rig.clock.pass(3_500);
    return rig;
  }

  /** The same, with hooks known to run and the channel known not to work. */
  static async waking(options: RigOptions = {}): Promise<Rig> {
    const rig = await Rig.online({
      ...options,
      configuration: { delivery: "wake", ...options.configuration },
    });
    await rig.hook("SessionStart", { source: "startup" });
    rig.waiters.arrive();
    return rig;
  }

  get link(): FakeLink {
    const link = this.links.at(-1);
    if (link === undefined) throw new Error("the plugin has opened no link");
    return link;
  }

  async hook(event: string, more: Record<string, unknown> = {}): Promise<unknown> {
    return JSON.parse((await this.call("hook", { event, ...more })).text);
  }

  async call(name: string, args: object = {}, signal = new AbortController().signal) {
    const answer = await this.box.call(name, args, signal);
    answer.whenWritten?.();
    return answer;
  }

  /** Claude reads the answer of a tool. */
  async read(tool: string): Promise<void> {
    await this.hook("PostToolUse", { tool_name: OWN + tool, tool_use_id: "t" });
  }

  #transport(): Transport {
    return {
      open: () => {
        const link = new FakeLink();
        this.links.push(link);
        link.onHello = () => {
          const { serve } = this;
          if (serve !== null) queueMicrotask(() => void link.welcome(serve() ?? undefined));
        };
        return link.stream;
      },
      call: async <O extends DescMessage>(
        { token }: Target,
        method: { name: string; output: O },
        request: unknown,
      ): Promise<Reply<O>> => {
        this.asked.push({ method: method.name, request });
        this.askedBy.push(token);
        if (this.reply.kind === "failed") return this.reply;
        // The test says what it wants to be answered; the plugin reads it as the method's own output.
        return {
          kind: "ok",
          response: create(method.output, this.reply.response as never) as MessageShape<O>,
        };
      },
      close: () => {},
    };
  }
}
