/** `/signalbox:configure`, as the tool behind it does it. */
import { expect, test } from "vitest";
import { CONFIGURATION, Rig } from "./core-rig.ts";

const TOKEN = "cbt_0123456789abcdef";
const KNOWN = { kind: "ok", response: { tokenLabel: "laptop", sessions: [{ session: "s1" }] } } as const;

const tokenOf = ({ setup }: Rig) => (setup.kind === "ready" ? setup.configuration.token : null);

test("without an argument it tells how things stand and what is next, and never the token", async () => {
  const rig = await Rig.online({ configuration: { token: TOKEN } });
  rig.reply = KNOWN;
  const { text } = await rig.call("configure", {});
  expect(text).toContain(CONFIGURATION.path);
  expect(text).toContain("cbt_0123…");
  expect(text).toContain("link online");
  expect(text).toContain("Next: nothing");
  expect(text).not.toContain(TOKEN);

  rig.setup = { kind: "missing", path: "/config.json" };
  expect((await rig.call("configure", {})).text).toContain("npm run connect");
});

test("a token is saved, masked, and asked of the server before", async () => {
  const rig = await Rig.online();
  rig.reply = KNOWN;
  const { text, failed } = await rig.call("configure", { token: TOKEN, remote: "https://box" });
  expect(failed).toBe(false);
  expect(rig.asked).toMatchObject([{ method: "GetAccount" }]);
  expect(tokenOf(rig)).toBe(TOKEN);
  expect(rig.setup).toMatchObject({ configuration: { remote: "https://box" } });
  expect(text).toContain("cbt_0123…");
  expect(text).not.toContain(TOKEN);
});

test("one that the server does not know is not saved; where it can't be asked it is", async () => {
  const rig = await Rig.online();
  rig.reply = { kind: "failed", failure: "unauthenticated", message: "no" };
  const refused = await rig.call("configure", { token: TOKEN });
  expect(refused).toMatchObject({ failed: true, text: expect.stringContaining("nothing was changed") });
  expect(refused.text).not.toContain(TOKEN);
  expect(tokenOf(rig)).toBe(CONFIGURATION.token);
  rig.reply = { kind: "failed", failure: "unavailable", message: "connection refused" };
  expect(await rig.call("configure", { token: TOKEN })).toMatchObject({ failed: false });
  expect(tokenOf(rig)).toBe(TOKEN);
});

test("it is taken away, once", async () => {
  const rig = await Rig.online();
  expect((await rig.call("configure", { clear: true })).text).toContain("is taken away");
  expect(rig.setup.kind).toBe("missing");
  expect((await rig.call("configure", { clear: true })).text).toContain("nothing was changed");
});

test("what can't be written, or is no token, changes nothing and says why", async () => {
  const rig = await Rig.online();
  rig.reply = KNOWN;
  for (const [args, words] of [
    [{ token: "ghp_0123456789" }, "begins with cbt_"],
    [{ token: TOKEN, clear: true }, "do one"],
    [{ remote: "https://box" }, "comes with a token"],
  ] as const) {
    expect(await rig.call("configure", args)).toMatchObject({
      failed: true,
      text: expect.stringContaining(words),
    });
  }
  rig.keeping.full = true;
  expect(await rig.call("configure", { token: TOKEN })).toMatchObject({ failed: true });
  expect(await rig.call("configure", { clear: true })).toMatchObject({ failed: true });
  rig.keeping.hindered = "It was found by CLAWBACK_CONFIG.";
  expect((await rig.call("configure", { token: TOKEN })).text).toContain("CLAWBACK_CONFIG");
  expect(tokenOf(rig)).toBe(CONFIGURATION.token);
});

test("what would be refused when it is read is not saved, and the token is not sent there", async () => {
  const rig = await Rig.online();
  rig.reply = KNOWN;
  const { text, failed } = await rig.call("configure", { token: TOKEN, remote: "http://box" });
  expect({ failed, text }).toMatchObject({
    failed: true,
    text: expect.stringContaining("Nothing was changed"),
  });
  expect(text).not.toContain(TOKEN);
  expect(rig.asked).toEqual([]);
  expect(tokenOf(rig)).toBe(CONFIGURATION.token);
});

test("the first token is asked of the server too", async () => {
  const rig = new Rig({ setup: { kind: "missing", path: CONFIGURATION.path } });
  rig.reply = { kind: "failed", failure: "unauthenticated", message: "no" };
  expect(await rig.call("configure", { token: TOKEN })).toMatchObject({ failed: true });
  expect(rig.setup.kind).toBe("missing");
  rig.reply = { kind: "failed", failure: "unavailable", message: "connection refused" };
  const saved = await rig.call("configure", { token: TOKEN });
  expect(saved).toMatchObject({ failed: false, text: expect.stringContaining("could not be asked") });
  expect(tokenOf(rig)).toBe(TOKEN);
});
