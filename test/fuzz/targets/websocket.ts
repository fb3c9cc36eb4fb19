/** Raw bytes on an open WebSocket (`/ws`): frames that are right, almost right, cut, endless, or none at all. */
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";
import type { Chance } from "../chance.ts";
import { mutateBytes } from "../mutate.ts";
import { hold, holdQuiet, type Subject, type Target } from "../target.ts";
import { type FuzzedServer, fuzzedServer } from "./server-world.ts";

/** A server that says nothing more for so long waits for more. */
const IDLE_MS = 40;

/** Stands for the token, which no file of the corpus can know, and is as long. */
const TOKEN = `cbt_TOKEN${"0".repeat(38)}`;

const HANDSHAKE = [
  "GET /ws HTTP/1.1",
  "host: box",
  "connection: Upgrade",
  "upgrade: websocket",
  "sec-websocket-version: 13",
  `sec-websocket-key: ${Buffer.alloc(16, 7).toString("base64")}`,
  "\r\n",
].join("\r\n");

export const websocket: Target = {
  name: "websocket",
  promise: "whatever bytes come after the handshake end their own link at most, without a word of the inside",
  async open() {
    const server = await fuzzedServer();
    const { port } = new URL(server.running.httpUrl);
    let judged = 0;
    const subject: Subject = {
      generate,
      async judge(input) {
        const frames = Buffer.from(input).toString("latin1").replaceAll(TOKEN, server.token);
        const said = await talk(Number(port), Buffer.from(HANDSHAKE + frames, "latin1"));
        // Nothing yet: a server that is busy with others.
        hold(
          said === "" || said.startsWith("HTTP/1.1 101"),
          `the handshake is answered ${said.slice(0, 12)}`,
        );
        holdQuiet(said);
        hold(!said.includes("internal"), "a bug behind what is said");
        hold(server.errors.length === 0, `the log says ${server.errors[0]}`);
        if (++judged % 50 === 0) await goesOn(server);
      },
      close: () => server.stop(),
    };
    return subject;
  },
};

const TEXTS: readonly object[] = [
  { type: "auth", token: TOKEN },
  { type: "auth", token: TOKEN, sessionTag: "fuzz" },
  { type: "pong" },
  { type: "ack", eventId: "evt_01k00000000000000000000001.1", summary: "did it" },
  { type: "account_info", requestId: "r1" },
  { type: "event_history", requestId: "r2", limit: 3 },
];

/** Of RFC 6455, 5.2: all that there are, and two that there are not. */
const OPCODES = [0x0, 0x1, 0x2, 0x3, 0x8, 0x9, 0xa, 0xf];

interface Form {
  opcode: number;
  fin: boolean;
  masked: boolean;
  rsv: number;
}

const GOOD: Form = { opcode: 0x1, fin: true, masked: true, rsv: 0 };

/** A key of zeros masks nothing: what stands in a frame can be read in the corpus. */
function frameOf(payload: Uint8Array, { opcode, fin, masked, rsv }: Form): Buffer {
  const mask = masked ? 0x80 : 0;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  if (payload.length < 126) head.push(mask | payload.length);
  else head.push(mask | 126, payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([Buffer.from(head), Buffer.alloc(masked ? 4 : 0), payload]);
}

function generate(chance: Chance): Uint8Array {
  const texts = TEXTS.map((text) => Buffer.from(JSON.stringify(text)));
  const samples = texts.map((text) => frameOf(text, GOOD));
  const [auth = Buffer.alloc(0)] = samples;
  const frames = chance.oneIn(4) ? [] : [auth];
  for (let more = 1 + chance.below(5); more > 0; more--) {
    const payload = chance.oneIn(3) ? chance.bytes(chance.below(200)) : chance.of(texts);
    const odd = {
      opcode: chance.of(OPCODES),
      fin: !chance.oneIn(3),
      masked: !chance.oneIn(8),
      rsv: chance.oneIn(6) ? chance.below(8) : 0,
    };
    frames.push(frameOf(payload, chance.oneIn(3) ? GOOD : odd));
  }
  const all = Buffer.concat(frames);
  return chance.oneIn(2) ? all : mutateBytes(all, chance, samples);
}

function talk(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
}

/** Whoever says the right things is let in as ever. */
async function goesOn({ running, token }: FuzzedServer): Promise<void> {
  const socket = new WebSocket(`${running.httpUrl.replace(/^http/, "ws")}/ws`);
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "auth", token, sessionTag: "good" }));
  const [answer] = await once(socket, "message");
  hold(String(answer) === '{"type":"auth_ok"}', "a good client is not let in");
  const closed = once(socket, "close");
  socket.close(1000);
  await closed;
}
