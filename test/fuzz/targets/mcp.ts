/** Lines on the stdin of the plugin's bundle, as a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usersNode } from "../../plugin/bundle-rig.ts";
import { until } from "../../world/until.ts";
import type { Chance } from "../chance.ts";
import { mutateBytes, mutateJson } from "../mutate.ts";
import { hold, isObject, jsonOf, type Subject, type Target } from "../target.ts";
import { ACTS } from "./frames-down.ts";

const BUNDLE = join(import.meta.dirname, "../../../plugin/dist/server.mjs");
/** It takes some ms; a busy machine may take a hundred times as long. */
const ANSWER_MS = 10_000;
/** Until a process that was just started has answered. */
const START_MS = 30_000;

const INITIALIZE = {
  jsonrpc: "2.0",
  id: "init",
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "fuzz", version: "1" } },
};
const SAMPLES: readonly object[] = [
  INITIALIZE,
  { jsonrpc: "2.0", id: 1, method: "tools/list" },
  { jsonrpc: "2.0", id: 2, method: "ping" },
  { jsonrpc: "2.0", method: "notifications/initialized" },
  ...ACTS.flat()
    .filter((act): act is { call: string; args: object } => isObject(act) && typeof act.call === "string")
    .map(({ call, args }, id) => ({
      jsonrpc: "2.0",
      id,
      method: "tools/call",
      params: { name: call, arguments: args },
    })),
];

export const mcp: Target = {
  name: "mcp",
  promise: "the plugin's server lives on, says nothing but JSON-RPC, and answers each request once",
  async open() {
    const server = new PluginProcess();
    await server.judge(`${JSON.stringify(INITIALIZE)}\n`, START_MS);
    const subject: Subject = {
      generate,
      judge: (input) => server.judge(Buffer.from(input).toString("latin1")),
      close: () => server.close(),
    };
    return subject;
  },
};

function generate(chance: Chance): Uint8Array {
  const lines = Array.from({ length: 1 + chance.below(3) }, () => {
    const sample = chance.of(SAMPLES);
    if (chance.oneIn(4)) return Buffer.from(mutateBytes(Buffer.from(JSON.stringify(sample)), chance));
    return Buffer.from(JSON.stringify(mutateJson(sample, chance)) ?? "");
  });
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")]));
}

class PluginProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), "fuzz-mcp-"));
  readonly #child: ChildProcessWithoutNullStreams;
  #said: unknown[] = [];
  #garbage: string[] = [];
  #half = "";
  #probes = 0;

  constructor() {
    const env = { PATH: process.env.PATH, CLAUDE_CONFIG_DIR: this.#folder, XDG_RUNTIME_DIR: this.#folder };
    this.#child = spawn(usersNode() ?? process.execPath, [BUNDLE], { env });
    this.#child.stderr.resume();
    this.#child.stdin.on("error", () => {});
    this.#child.stdout.on("data", (chunk: Buffer) => this.#hear(chunk.toString("utf8")));
  }

  async judge(lines: string, patienceMs = ANSWER_MS): Promise<void> {
    this.#said = [];
    this.#child.stdin.write(Buffer.from(lines, "latin1"));
    const probe = `probe-${++this.#probes}`;
    const asked = [...requestsIn(lines), probe];
    // The empty line ends what was cut off.
    this.#child.stdin.write(`\n${JSON.stringify({ jsonrpc: "2.0", id: probe, method: "ping" })}\n`);
    const missing = () => asked.filter((id) => !this.#said.some((said) => isObject(said) && said.id === id));
    await until(() => missing().length === 0 || this.#child.exitCode !== null, "answers", patienceMs).catch(
      () => {},
    );
    hold(
      this.#child.exitCode === null && this.#child.signalCode === null,
      `it left with ${this.#child.exitCode}`,
    );
    hold(missing().length === 0, `not answered: ${JSON.stringify(missing())}`);
    hold(this.#garbage.length === 0, `not JSON-RPC on stdout: ${this.#garbage[0]?.slice(0, 200)}`);
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await until(() => this.#child.exitCode !== null, "the plugin's end");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #hear(text: string): void {
    const lines = (this.#half + text).split("\n");
    this.#half = lines.pop() ?? "";
    for (const line of lines) {
      const said = jsonOf(Buffer.from(line));
      if (isObject(said) && said.jsonrpc === "2.0") this.#said.push(said);
      else this.#garbage.push(line);
    }
  }
}

/** The ids of what is a request by JSON-RPC and MCP: it must be answered, whatever else is wrong with it. */
function requestsIn(text: string): unknown[] {
  const lines = text.split("\n").map((line) => jsonOf(Buffer.from(line, "latin1")));
  // What was called off needs no answer.
  if (lines.some((line) => isObject(line) && line.method === "notifications/cancelled")) return [];
  return lines.flatMap((line) => (isRequest(line) ? [line.id] : []));
}

function isRequest(line: unknown): line is { id: unknown } {
  if (!isObject(line) || line.jsonrpc !== "2.0" || typeof line.method !== "string") return false;
  if (!Object.keys(line).every((key) => ["jsonrpc", "id", "method", "params"].includes(key))) return false;
  const { id, params } = line;
  const isId = typeof id === "string" || (typeof id === "number" && Number.isSafeInteger(id));
  return (
    isId &&
    (params === undefined || (isObject(params) && params._meta === undefined && params.task === undefined))
  );
}
