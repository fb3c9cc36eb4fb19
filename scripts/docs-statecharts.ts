/** Draws the machines into `docs/architecture.md`. `--check`: only says whether the drawings are fresh. */
import { linkMachine } from "../plugin/src/core/link-machine.ts";
import { cronMachine } from "../src/domain/machines/cron.ts";
import { eventMachine } from "../src/domain/machines/event.ts";
import { sessionMachine } from "../src/domain/machines/session.ts";
import { renew } from "./marked-part.ts";
import { mermaidOf } from "./mermaid-of.ts";

const CHARTS = [
  { name: "event", of: "an event, `src/domain/machines/event.ts`", root: eventMachine.root },
  { name: "session", of: "a session, `src/domain/machines/session.ts`", root: sessionMachine.root },
  { name: "cron", of: "a cron, `src/domain/machines/cron.ts`", root: cronMachine.root },
  { name: "link", of: "the plugin's link, `plugin/src/core/link-machine.ts`", root: linkMachine.root },
] as const;

renew(
  {
    page: "docs/architecture.md",
    name: "statecharts",
    script: "scripts/docs-statecharts.ts",
    text: CHARTS.map(({ of, root }) => `Life of ${of}:\n\n\`\`\`mermaid\n${mermaidOf(root)}\n\`\`\``).join(
      "\n\n",
    ),
  },
  process.argv.includes("--check"),
);
