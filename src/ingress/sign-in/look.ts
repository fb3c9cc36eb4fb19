/** How the sign-in's pages look: in light and dark, on a phone and a desk, out of one piece: nothing is loaded from anywhere. */
import { createHash } from "node:crypto";
import { html, Markup } from "./markup.ts";

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f5f1; --card: #fff; --ink: #1d1f23; --soft: #5b606b; --line: #dddbd3;
  --accent: #1f6f4a; --on-accent: #fff; --code: #f1f0ea; --warn: #9a3412; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181c; --card: #1f2227; --ink: #eceae4; --soft: #a3a8b3;
  --line: #343840; --accent: #58c08d; --on-accent: #0c1a13; --code: #15171b; --warn: #fdba74; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; align-items: center; justify-content: center; padding: 1.25rem;
  background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { width: 100%; max-width: 42rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: clamp(1.25rem, 5vw, 2.5rem); }
header { display: flex; align-items: center; gap: .6rem; color: var(--soft); font-weight: 600; }
header svg { width: 1.6rem; height: 1.6rem; flex: none; }
main > :last-child { margin-bottom: 0; }
h1 { font-size: clamp(1.35rem, 6vw, 1.6rem); line-height: 1.25; margin: 1.25rem 0 .5rem; overflow-wrap: anywhere; }
p { margin: .75rem 0; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .925rem; }
.warn { color: var(--warn); }
button, .button { display: inline-block; font: inherit; font-weight: 600; border: 0; border-radius: 9px; cursor: pointer;
  padding: .7rem 1.25rem; margin: .75rem 0 .25rem; background: var(--accent); color: var(--on-accent); text-decoration: none; }
button:hover, .button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
pre { margin: 1rem 0; padding: 1rem; background: var(--code); border: 1px solid var(--line); border-radius: 9px;
  font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
  -webkit-user-select: all; user-select: all; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
a { color: var(--accent); }
details { margin: 1rem 0 0; border-top: 1px solid var(--line); padding-top: .75rem; }
summary { cursor: pointer; font-weight: 600; }
`;

/** For the content security policy: this style and no other one. */
export const STYLE_HASH = `sha256-${createHash("sha256").update(STYLE).digest("base64")}`;

const SIGNAL = new Markup(
  `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true">` +
    `<path d="M7 21h10M12 21V9"/><rect x="8" y="2" width="8" height="12" rx="4"/>` +
    `<circle cx="12" cy="6" r="1.3" fill="#d9534f" stroke="none"/><circle cx="12" cy="10.4" r="1.3" fill="#3fae74" stroke="none"/></svg>`,
);

export function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – Signalbox</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<header>${SIGNAL}Signalbox</header>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;
}
