import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { ClaudeScript } from "./claude-script.ts";
import { Fixture, text } from "./fixture/fixture.ts";

/** What Claude says at the end of a turn in which nothing asks for permission. */
async function said(fixture: Fixture, claude: ClaudeScript): Promise<string> {
  const client = await fixture.start(claude, { permissionMode: "bypassPermissions" });
  await client.prompt("go");
  return (await client.transcript.until(() => client.transcript.of("turn-end")[0])).message;
}

test("a deferred tool must be searched for before it is called", async () => {
  const fixture = await Fixture.open();
  const message = await said(fixture, async (turn) => {
    const before = await turn.callTool("other");
    await turn.searchTools("other");
    const after = await turn.callTool("mcp__plugin_fix_box__other");
    return `${before.outcome}, ${after.text}`;
  });
  expect(message).toBe("failed, other done");
});

test("of a result with structured content Claude sees only that", async () => {
  const fixture = await Fixture.open();
  fixture.tools.event_take = () => ({ ...text("the event"), structuredContent: { id: "evt_1" } });
  expect(await said(fixture, async (turn) => (await turn.callTool("event_take")).text)).toBe(
    '{"id":"evt_1"}',
  );
});

test("a result that is too long becomes an error that names the file it was saved to", async () => {
  const fixture = await Fixture.open();
  const long = "x".repeat(100_001);
  fixture.tools.event_take = () => text(long);
  const message = await said(fixture, async (turn) => {
    const { outcome, text } = await turn.callTool("event_take");
    return `${outcome}: ${text}`;
  });
  const file = /^failed: Error: .* saved to (.*\.txt)\./.exec(message)?.[1] ?? "no file";
  expect(readFileSync(file, "utf8")).toBe(long);
});

test("a built-in tool that fails is an answer for Claude, not the end of its turn", async () => {
  const fixture = await Fixture.open();
  const message = await said(fixture, async (turn) => {
    const { outcome, text } = await turn.useTool("Bash", {}, async () => {
      throw new Error("exit code 1");
    });
    return `${outcome}: ${text}`;
  });
  expect(message).toBe("failed: Error: exit code 1");
});

test("a tool that nobody has fails", async () => {
  const fixture = await Fixture.open();
  const message = await said(fixture, async (turn) => (await turn.callTool("nothing")).text);
  expect(message).toBe("Error: No such tool available: nothing");
});
