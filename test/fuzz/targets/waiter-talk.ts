/** What strangers and broken waiters say on the plugin's socket. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { meetingPoint } from "../../../plugin/src/edges/waiter-place.ts";
import { WaiterServer } from "../../../plugin/src/edges/waiter-server.ts";
import { announcedEvent, greeting, LONGEST_LINE } from "../../../plugin/src/edges/waiter-talk.ts";
import { E1 } from "../../plugin/event-samples.ts";
import { until } from "../../world/until.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes } from "../mutate.ts";
import { hold, type Subject, type Target } from "../target.ts";

/** The secret of this run, which no file of the corpus can know. */
const SECRET = "SECRET";
const IDLE_MS = 15;
/** A true waiter is woken in some ms; a busy machine may take a hundred times as long. */
const WAKE_MS = 10_000;

export const waiterTalk: Target = {
  name: "waiter-talk",
  promise: "only who knows the secret is a waiter; a stranger learns nothing, and the next waiter is woken",
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "fuzz-waiter-"));
    const server = new WaiterServer({ info() {}, warn() {} });
    await server.open(folder, ["client:1"]);
    const point = meetingPoint(folder, "client:1");
    const secret = readFileSync(point.secret, "utf8");
    let judged = 0;
    let arrived = 0;
    server.listen((isNew) => {
      if (isNew) arrived += 1;
    });
    const subject: Subject = {
      generate: (chance) => generate(chance),
      async judge(input) {
        const sent = Buffer.from(input).toString("latin1").replaceAll(SECRET, secret);
        arrived = 0;
        const said = await talk(point.socket, sent);
        const knows = sent.slice(0, LONGEST_LINE).startsWith(greeting(secret));
        hold(
          said === "" || (!knows && said === "refused\n"),
          `a stranger hears ${JSON.stringify(said.slice(0, 100))}`,
        );
        hold(knows || arrived === 0, "a stranger is taken for a waiter");
        await until(() => !server.attached, "the stranger to be gone");
        judgeLine(Buffer.from(input).toString("utf8"));
        if (++judged % 20 !== 0) return;
        const heard = talk(point.socket, greeting(secret), WAKE_MS);
        await until(() => server.attached, "the waiter");
        server.wake(E1);
        hold((await heard) === `wake ${E1}\n`, "a waiter is not woken");
      },
      async close() {
        server.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
    return subject;
  },
};

/** The other way round: what a waiter makes of a line. */
function judgeLine(line: string): void {
  const event = announcedEvent(line);
  hold(event === null || /^evt_[0-9a-z]{26}$/.test(event), `a waiter would say ${JSON.stringify(event)}`);
}

function generate(chance: Chance): Uint8Array {
  const sample = Buffer.from(
    chance.of([greeting(SECRET), `wake ${E1}\n`, "leave\n", "refused\n", `${greeting("x")}x`]),
  );
  return chance.oneIn(10) ? chance.bytes(chance.below(5_000)) : mutateBytes(sample, chance);
}

function talk(path: string, text: string, idleMs = IDLE_MS): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(path, () => socket.write(Buffer.from(text, "latin1")));
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
}
