import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "./until.ts";
import { Wires } from "./wires.ts";

/** Sends back what it is sent. */
let echo: Server;
let wires: Wires;
let far: Socket[];
const near: Socket[] = [];

beforeEach(async () => {
  far = [];
  echo = createServer((socket) => {
    far.push(socket);
    socket.on("error", () => {});
    socket.pipe(socket);
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const address = echo.address();
  wires = await Wires.to(typeof address === "object" && address !== null ? address.port : 0);
});

afterEach(() => {
  for (const socket of near.splice(0)) socket.destroy();
  wires.close();
  echo.close();
});

interface Talk {
  socket: Socket;
  heard: () => string;
  ended: () => boolean;
}

async function dial(): Promise<Talk> {
  const socket = connect(wires.port, "127.0.0.1");
  near.push(socket);
  let heard = "";
  let ended = false;
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    heard += chunk.toString();
  });
  socket.on("close", () => {
    ended = true;
  });
  await once(socket, "connect");
  return { socket, heard: () => heard, ended: () => ended };
}

const says = async ({ socket, heard }: Talk, text: string): Promise<void> => {
  socket.write(text);
  await until(() => heard().endsWith(text), `the echo of ${text}`);
};

test("what is said passes, in both directions and in order, also where it is slow", async () => {
  const talk = await dial();
  await says(talk, "one");
  wires.slow(20);
  for (const word of ["a", "b", "c"]) talk.socket.write(word);
  wires.slow(0);
  await says(talk, "d");
  expect(talk.heard()).toBe("oneabcd");
});

test("a cut ends both sides, and new connections are let through", async () => {
  const talk = await dial();
  await says(talk, "one");
  wires.cut();
  await until(talk.ended, "the near side to end");
  await until(() => far[0]?.destroyed, "the far side to end");
  await says(await dial(), "two");
});

test("what is frozen passes neither data nor an end, until it is thawed", async () => {
  const talk = await dial();
  await says(talk, "one");
  wires.freeze();
  const other = await dial();
  talk.socket.write("two");
  far[0]?.destroy();
  await until(() => far[0]?.destroyed, "the far side to end");
  expect([talk.heard(), talk.ended()]).toEqual(["one", false]);
  wires.thaw();
  await until(talk.ended, "the near side to hear of the end");
  await says(other, "three");
});

test("what is abandoned stays frozen, and new connections are let through", async () => {
  const talk = await dial();
  await says(talk, "one");
  wires.abandon();
  talk.socket.write("two");
  await says(await dial(), "three");
  wires.thaw();
  await says(await dial(), "four");
  expect([talk.heard(), talk.ended()]).toEqual(["one", false]);
});
