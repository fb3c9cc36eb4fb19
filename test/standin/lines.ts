import type { Readable } from "node:stream";

/** Calls `take` for each line. Not `node:readline`: that one also splits at U+2028, which JSON strings may hold. */
export function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") take(line);
  });
}
