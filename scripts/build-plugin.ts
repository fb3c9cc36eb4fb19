/**
 * Bundles the plugin into `plugin/dist`, which is committed: a marketplace installs the folder as it is. The same
 * sources give the same bytes. `--check` writes nothing and says, with exit code 1, what is stale.
 *
 * Claude Code keeps the copy that it made of a plugin for as long as the version in `plugin.json` is the same. So the
 * version has the digest of what runs behind its plus sign, where Semantic Versioning has a place for builds.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

const MANIFEST = "plugin/.claude-plugin/plugin.json";
/** What runs beside the bundles. */
const WIRING = [
  "plugin/.mcp.json",
  "plugin/hooks/hooks.json",
  "plugin/skills/configure/SKILL.md",
  "plugin/skills/status/SKILL.md",
];

/** Text of each file that is made, by its path from the root. */
export async function bundlePlugin(wiring: readonly string[] = WIRING): Promise<Map<string, string>> {
  const manifest = await readFile(`${root}${MANIFEST}`, "utf8");
  const [, release = ""] = /"version": "([^"+]+)[^"]*"/.exec(manifest) ?? [];
  const version = `${release}+${await digestOf(await bundles(release), wiring)}`;
  const versioned = manifest.replace(/("version": ")[^"]+/, `$1${version}`);
  return new Map([...(await bundles(version)), [MANIFEST, versioned]]);
}

async function digestOf(made: Map<string, string>, wiring: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const [path, text] of made) hash.update(`${path}\n${text}\n`);
  for (const path of wiring) hash.update(`${path}\n${await readFile(`${root}${path}`, "utf8")}\n`);
  return hash.digest("hex").slice(0, 12);
}

async function bundles(version: string): Promise<Map<string, string>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["plugin/src/server.ts", "plugin/src/wait.ts"],
    outdir: "plugin/dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    minify: true,
    legalComments: "eof",
    charset: "utf8",
    write: false,
    // Loaded only by gRPC's admin services, which a plugin does not serve.
    external: ["@grpc/proto-loader"],
    // CommonJS packages inside the bundle ask for Node's own modules.
    banner: {
      js: 'import { createRequire as signalboxRequire } from "node:module";const require = signalboxRequire(import.meta.url);',
    },
    plugins: [
      {
        name: "version",
        setup: (esbuild) =>
          esbuild.onLoad({ filter: /\.claude-plugin[\\/]plugin\.json$/ }, () => ({
            contents: JSON.stringify({ version }),
            loader: "json",
          })),
      },
    ],
  });
  return new Map(outputFiles.map(({ path, text }) => [path.slice(root.length), text]));
}

async function stale(bundles: Map<string, string>): Promise<string[]> {
  const paths: string[] = [];
  for (const [path, text] of bundles) {
    const found = await readFile(`${root}${path}`, "utf8").catch(() => null);
    if (found !== text) paths.push(path);
  }
  return paths;
}

if (import.meta.main) {
  const bundles = await bundlePlugin();
  if (process.argv.includes("--check")) {
    const paths = await stale(bundles);
    if (paths.length > 0) {
      console.error(`stale: ${paths.join(", ")}; run node scripts/build-plugin.ts`);
      process.exitCode = 1;
    }
  } else {
    await mkdir(`${root}plugin/dist`, { recursive: true });
    for (const [path, text] of bundles) await writeFile(`${root}${path}`, text);
    console.log(
      [...bundles].map(([path, text]) => `${path}: ${Math.round(text.length / 1024)} KiB`).join("\n"),
    );
  }
}
