/**
 * Debian's Chromium, driven by playwright-core, which brings no browser along. Where there is none the pages are not tried, and one
 * line says so; with REQUIRE_CHROMIUM, which `.ci/run` sets, that is a failure.
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Null: there is none, or CHROMIUM is set to nothing. */
export const CHROMIUM: string | null =
  (process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path))) || null;

export function sayIfMissing(): void {
  if (CHROMIUM !== null) return;
  const line =
    "The sign-in's pages are not tried in a browser: there is no Chromium here (apt-get install chromium)";
  if (process.env.REQUIRE_CHROMIUM !== undefined) throw new Error(line);
  process.stderr.write(`${line}\n`);
}

export function openChromium(): Promise<Browser> {
  // Root has no sandbox of Chromium's.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: CHROMIUM ?? "chromium", args, chromiumSandbox: false });
}
