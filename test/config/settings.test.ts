import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { githubApp } from "../../src/config/github.ts";
import { readDataDir, readSettings } from "../../src/config/read-settings.ts";
import { aboutSetting, optionOf, SETTING_NAMES, variableOf } from "../../src/config/setting-names.ts";
import { limitsOf, type SettingName } from "../../src/config/settings.ts";
import { SignalboxError } from "../../src/domain/errors.ts";

const none = { options: {}, env: {} };

/** For each setting a good value, what it reads as, and a bad value. */
const examples: { readonly [name in SettingName]: { good: string; reads: unknown; bad: string } } = {
  dataDir: { good: "/srv/box", reads: "/srv/box", bad: "a\0b" },
  httpHost: { good: "0.0.0.0", reads: "0.0.0.0", bad: "http://x" },
  httpPort: { good: "0", reads: 0, bad: "65536" },
  grpcHost: { good: "::1", reads: "::1", bad: "a b" },
  grpcPort: { good: "65535", reads: 65_535, bad: "-1" },
  timeZone: { good: "Europe/Berlin", reads: "Europe/Berlin", bad: "Mars/Olympus" },
  publicUrl: { good: "https://box.example.org/", reads: "https://box.example.org", bad: "box.example.org" },
  store: { good: "sqlite", reads: "sqlite", bad: "postgres" },
  key: { good: "a".repeat(64), reads: "a".repeat(64), bad: "tooshort" },
  tlsCert: { good: "", reads: null, bad: "/cert.pem" },
  tlsKey: { good: "", reads: null, bad: "/key.pem" },
  trustProxy: { good: "1", reads: 1, bad: "yes" },
  graceSeconds: { good: "2", reads: 2, bad: "2s" },
  remindSeconds: { good: "60", reads: 60, bad: "0" },
  timeoutSeconds: { good: "600", reads: 600, bad: "1.5" },
  blindTimeoutSeconds: { good: "900", reads: 900, bad: "1e3" },
  maxHoldSeconds: { good: "7200", reads: 7200, bad: "99999999" },
  maxAttempts: { good: "3", reads: 3, bad: "0" },
  failedTokensPerMinute: { good: "10", reads: 10, bad: "0" },
  callsPerMinute: { good: "600", reads: 600, bad: "59" },
  grpcPublicUrl: {
    good: "https://box.example.org:4401/",
    reads: "https://box.example.org:4401",
    bad: "https://x/y",
  },
  githubClientId: { good: "", reads: null, bad: "two words" },
  githubClientSecret: { good: "", reads: null, bad: "two secret words" },
  githubUsers: { good: "", reads: null, bad: "ann;bob" },
  githubOrgs: { good: "", reads: null, bad: "*" },
  githubUrl: {
    good: "https://ghe.example.org",
    reads: "https://ghe.example.org",
    bad: "https://a:b@ghe.example.org",
  },
  githubApiUrl: { good: "https://ghe.example.org/api", reads: "https://ghe.example.org/api", bad: "ghe" },
  signInsPerMinute: { good: "10", reads: 10, bad: "0" },
  surfaceSeconds: { good: "5", reads: 5, bad: "five" },
  takeSeconds: { good: "30", reads: 30, bad: "0" },
  drainSeconds: { good: "0", reads: 0, bad: "-5" },
  allowPlaintext: { good: "true", reads: true, bad: "maybe" },
  maxBodyBytes: { good: "2048", reads: 2048, bad: "1MB" },
  dedupDays: { good: "14", reads: 14, bad: "6" },
  retentionDays: { good: "90", reads: 90, bad: "0" },
  logLevel: { good: "debug", reads: "debug", bad: "loud" },
};

function refusal(act: () => unknown): SignalboxError {
  try {
    act();
  } catch (error) {
    if (error instanceof SignalboxError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe.each(SETTING_NAMES.map((name) => ({ name, ...examples[name] })))(
  "$name",
  ({ name, good, reads, bad }) => {
    test("is read from the environment", () => {
      const { settings } = readSettings({ options: {}, env: { [variableOf(name)]: good } });
      expect(settings[name]).toEqual(reads);
    });

    test("a bad value is refused, with the names of both ways to set it", () => {
      const error = refusal(() => readSettings({ options: {}, env: { [variableOf(name)]: bad } }));
      expect(error.code).toBe("bad_setting");
      expect(error.line).toContain(variableOf(name));
      expect(error.line).not.toContain("\n");
      if (aboutSetting(name).secret) expect(error.line).not.toContain(bad);
      else if (!name.startsWith("tls")) expect(error.line).toContain(`--${optionOf(name)}`);
    });
  },
);

test("an option stands above the environment, and the environment above the default", () => {
  const env = { SIGNALBOX_HTTP_PORT: "5000", SIGNALBOX_GRPC_PORT: "5001" };
  const { settings } = readSettings({ options: { httpPort: "6000" }, env });
  expect(settings).toMatchObject({ httpPort: 6000, grpcPort: 5001, httpHost: "127.0.0.1" });
});

test("a refusal says value, place and limit", () => {
  const error = refusal(() => readSettings({ options: { maxAttempts: "5000" }, env: {} }));
  expect(error.line).toBe(
    'SIGNALBOX_MAX_ATTEMPTS: "5000" (from --max-attempts) must be a whole number from 1 to 1000. ' +
      "Set it by --max-attempts or SIGNALBOX_MAX_ATTEMPTS.",
  );
});

test("the defaults are the documented ones", () => {
  expect(readSettings(none).settings).toMatchObject({
    dataDir: join(homedir(), ".signalbox"),
    httpPort: 4400,
    grpcPort: 4401,
    graceSeconds: 60,
    maxHoldSeconds: 3600,
    maxBodyBytes: 1_048_576,
    key: null,
  });
});

test("an empty variable counts as unset", () => {
  expect(readSettings({ options: {}, env: { SIGNALBOX_HTTP_PORT: "" } }).settings.httpPort).toBe(4400);
});

test("a tilde in the data folder is the home of the environment", () => {
  expect(readDataDir({ options: { dataDir: "~/box" }, env: { HOME: "/home/ann" } })).toBe("/home/ann/box");
});

test("an empty HOME counts as unset", () => {
  const unset = readDataDir({ options: {}, env: {} });
  expect(unset).toMatch(/.\/\.signalbox$/);
  expect(readDataDir({ options: {}, env: { HOME: "" } })).toBe(unset);
});

test.each([
  ["localhost", "127.0.0.1", true],
  ["0.0.0.0", "127.0.0.1", true],
  ["127.0.0.2", "127.0.0.1", false],
])("one port for both listeners, on %s and %s, is a contradiction: %s", (httpHost, grpcHost, refused) => {
  const read = () =>
    readSettings({ options: { httpHost, grpcHost, httpPort: "4500", grpcPort: "4500" }, env: {} });
  if (!refused) return expect(read().settings.grpcPort).toBe(4500);
  expect(refusal(read).line).toBe(
    "SIGNALBOX_GRPC_PORT: 4500 is SIGNALBOX_HTTP_PORT too, and each listener needs a port of its own. " +
      "Set one of them to another: --http-port or SIGNALBOX_HTTP_PORT, --grpc-port or SIGNALBOX_GRPC_PORT.",
  );
});

test("both listeners may take any free port", () => {
  expect(readSettings({ options: { httpPort: "0", grpcPort: "0" }, env: {} }).settings.grpcPort).toBe(0);
});

const APP = {
  SIGNALBOX_GITHUB_CLIENT_ID: "Iv1.abc",
  SIGNALBOX_GITHUB_CLIENT_SECRET: "very-secret",
  SIGNALBOX_GITHUB_USERS: "octocat, id:583231",
  SIGNALBOX_PUBLIC_URL: "https://box.example.org",
};

test("an OAuth app is read whole, with the API that belongs to its host", () => {
  const read = (env: Record<string, string>) =>
    githubApp(readSettings({ options: {}, env: { ...APP, ...env } }).settings);
  expect(read({})).toEqual({
    clientId: "Iv1.abc",
    clientSecret: "very-secret",
    url: "https://github.com",
    apiUrl: "https://api.github.com",
    users: ["octocat", "id:583231"],
    orgs: [],
  });
  expect(read({ SIGNALBOX_GITHUB_USERS: "*", SIGNALBOX_GITHUB_ORGS: "Acme,Octo-Org" })).toMatchObject({
    users: "everybody",
    orgs: ["acme", "octo-org"],
  });
  expect(read({ SIGNALBOX_GITHUB_URL: "https://acme.ghe.com/" })?.apiUrl).toBe("https://api.acme.ghe.com");
  expect(read({ SIGNALBOX_GITHUB_URL: "https://git.acme.org" })?.apiUrl).toBe("https://git.acme.org/api/v3");
  expect(read({ SIGNALBOX_GITHUB_API_URL: "http://127.0.0.1:9/" })?.apiUrl).toBe("http://127.0.0.1:9");
  expect(githubApp(readSettings(none).settings)).toBeNull();
});

test.each([
  ["SIGNALBOX_GITHUB_CLIENT_ID", "SIGNALBOX_GITHUB_CLIENT_SECRET"],
  ["SIGNALBOX_GITHUB_CLIENT_SECRET", "SIGNALBOX_GITHUB_CLIENT_ID"],
  ["SIGNALBOX_GITHUB_USERS", "SIGNALBOX_GITHUB_CLIENT_ID"],
  ["SIGNALBOX_PUBLIC_URL", "SIGNALBOX_GITHUB_CLIENT_ID"],
])("half an OAuth app is refused: without %s %s says so", (missing, named) => {
  const { [missing]: _, ...env } = APP as Record<string, string>;
  if (missing === "SIGNALBOX_GITHUB_CLIENT_ID") delete env.SIGNALBOX_GITHUB_USERS;
  const { line } = refusal(() => readSettings({ options: {}, env }));
  expect(line).toContain(missing);
  expect(line).toContain(named);
  expect(line).not.toContain("very-secret");
});

test("nobody is let in because nobody said who may be", () => {
  const { SIGNALBOX_GITHUB_USERS: _, ...env } = APP;
  expect(refusal(() => readSettings({ options: {}, env })).line).toContain("SIGNALBOX_GITHUB_USERS");
});

test.each([
  "SIGNALBOX_PUBLIC_URL",
  "SIGNALBOX_GITHUB_URL",
  "SIGNALBOX_GITHUB_API_URL",
  "SIGNALBOX_GRPC_PUBLIC_URL",
])("people don't sign in over plain http to another machine (%s) without consent", (name) => {
  const env = { ...APP, [name]: "http://box.example.org" };
  expect(refusal(() => readSettings({ options: {}, env })).line).toContain("SIGNALBOX_ALLOW_PLAINTEXT");
  const consented = { ...env, SIGNALBOX_ALLOW_PLAINTEXT: "true" };
  expect(() => readSettings({ options: {}, env: consented })).not.toThrow();
  expect(() => readSettings({ options: {}, env: { ...APP, [name]: "http://127.0.0.1:4400" } })).not.toThrow();
});

test("MongoDB is refused without showing the address, which may hold a password", () => {
  const error = refusal(() => readSettings({ options: { store: "mongodb://ann:pw@db/box" }, env: {} }));
  expect(error.line).toContain("MongoDB is not yet available");
  expect(error.line).not.toContain("pw");
});

test("plain text beyond loopback needs consent", () => {
  const options = { grpcHost: "0.0.0.0" };
  expect(refusal(() => readSettings({ options, env: {} })).line).toContain("SIGNALBOX_ALLOW_PLAINTEXT");
  const { settings } = readSettings({ options: { ...options, allowPlaintext: "true" }, env: {} });
  expect(settings.grpcHost).toBe("0.0.0.0");
});

test("spans that contradict each other are refused", () => {
  const error = refusal(() => readSettings({ options: { timeoutSeconds: "60" }, env: {} }));
  expect(error.line).toContain("SIGNALBOX_REMIND_SECONDS: 120 is more than SIGNALBOX_TIMEOUT_SECONDS");
});

test("an unknown variable is warned of; the plugin's own are not", () => {
  const env = { SIGNALBOX_HTPP_PORT: "1", SIGNALBOX_CONFIG: "/c", SIGNALBOX_SESSION: "a", OTHER: "x" };
  const { warnings } = readSettings({ options: {}, env });
  expect(warnings).toEqual([expect.stringContaining("SIGNALBOX_HTPP_PORT")]);
});

test("the limits of an event are its settings in milliseconds", () => {
  expect(limitsOf(readSettings(none).settings)).toEqual({
    surfaceMs: 10_000,
    takeMs: 120_000,
    remindMs: 120_000,
    timeoutMs: 300_000,
    blindTimeoutMs: 1_800_000,
    toolMs: 900_000,
    holdMs: 3_600_000,
    graceMs: 60_000,
    retryMs: 60_000,
    maxAttempts: 5,
  });
});

test("a value that is wrong is quoted in one line: it can't begin another, nor speak to the terminal", () => {
  for (const bad of ["1\n2", "\u001b[2Jx", "\u202ex\u2028", "x".repeat(100_000)]) {
    try {
      readSettings({ options: {}, env: { SIGNALBOX_HTTP_PORT: bad } });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SignalboxError);
      const { line } = error as SignalboxError;
      expect(line).toMatch(/^SIGNALBOX_HTTP_PORT: ".*" \(from the environment\) must be a whole number/);
      expect(line).not.toMatch(/[\p{C}\p{Zl}]/u);
      expect(line.length).toBeLessThan(400);
    }
  }
});
