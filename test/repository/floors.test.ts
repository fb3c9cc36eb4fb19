/** The rooms of docs/architecture.md: each imports from floors below its own, and from itself. */
import { describe, expect, test } from "vitest";
import { importsOf, type SourceFile, sourceFiles } from "./imports.ts";

const FLOORS: readonly (readonly [floor: number, rooms: readonly string[]])[] = [
  [0, ["src/domain", "proto/gen"]],
  [1, ["src/config", "src/edges", "src/store"]],
  [2, ["src/actors"]],
  [3, ["src/services", "src/auth"]],
  [4, ["src/ingress", "src/link", "src/api", "src/schedule"]],
  [5, ["src/clawback"]],
  // The composition: what stands in src/ itself, and the commands.
  [6, ["src", "src/cli"]],
];

const FLOOR_OF = new Map(FLOORS.flatMap(([floor, rooms]) => rooms.map((room) => [room, floor] as const)));

function roomOf(path: string): string {
  const [top = "", second = "", ...rest] = path.split("/");
  return rest.length === 0 ? top : `${top}/${second}`;
}

/** What is wrong with an import; null: nothing. */
function trouble(from: string, to: string): string | null {
  const [room, other] = [roomOf(from), roomOf(to)];
  const [floor, otherFloor] = [FLOOR_OF.get(room), FLOOR_OF.get(other)];
  if (floor === undefined || otherFloor === undefined) return `${from} imports ${to}: a room without a floor`;
  // The commands stand on the composition, and it never on them.
  if (room === other || (room === "src/cli" && other === "src")) return null;
  if (room === "src/domain") return `${from} imports ${to}: the domain imports only itself`;
  return otherFloor < floor ? null : `${from} (floor ${floor}) imports ${to} (floor ${otherFloor})`;
}

const troubles = (files: readonly SourceFile[]) =>
  files.flatMap(({ path, imports }) =>
    imports.map((other) => trouble(path, other)).filter((line) => line !== null),
  );

describe("rooms", () => {
  test("the server's rooms import only from floors below", () => {
    expect(troubles(sourceFiles("src"))).toEqual([]);
  });

  test("the plugin shares with the server only what is generated from proto/", () => {
    const foreign = sourceFiles("plugin/src").flatMap(({ path, imports }) =>
      imports
        .filter((other) => !other.startsWith("plugin/") && !other.startsWith("proto/gen/"))
        .map((other) => `${path} imports ${other}`),
    );
    expect(foreign).toEqual([]);
  });

  test("the plugin's core has no edges: no I/O of its own", () => {
    const foreign = sourceFiles("plugin/src/core").flatMap(({ path, imports }) =>
      imports
        .filter((other) => other.startsWith("plugin/src/edges/"))
        .map((other) => `${path} imports ${other}`),
    );
    expect(foreign).toEqual([]);
  });
});

describe("this check can fail", () => {
  const of = (path: string, text: string) => troubles([{ path, imports: importsOf(path, text) }]);

  test("an import from the floor above, from the same floor, and from no floor is told", () => {
    expect(of("src/domain/a.ts", 'import { b } from "../config/b.ts";')).toHaveLength(1);
    expect(of("src/link/a.ts", 'export * from "../ingress/b.ts";')).toHaveLength(1);
    expect(of("src/store/a.ts", 'const b = await import("../actors/b.ts");')).toHaveLength(1);
    expect(of("src/services/a.ts", 'import type { b } from "../attic/b.ts";')).toHaveLength(1);
    expect(of("src/domain/a.ts", 'import type { b } from "../../proto/gen/b.ts";')).toHaveLength(1);
    expect(of("src/main.ts", 'import { b } from "./cli/b.ts";')).toHaveLength(1);
  });

  test("an import from below, from the room itself, and of a package is fine", () => {
    expect(of("src/link/a.ts", 'import { b } from "../domain/b.ts"; import "./c.ts"; import "zod";')).toEqual(
      [],
    );
    expect(of("src/cli/checks/a.ts", 'import { b } from "../../main.ts";')).toEqual([]);
  });

  test("a folder without files is an error", () => {
    expect(() => sourceFiles("docs")).toThrow("nothing would be checked");
  });
});
