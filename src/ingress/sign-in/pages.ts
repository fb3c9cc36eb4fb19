/** What the sign-in's pages say. */
import { page } from "./look.ts";
import { html } from "./markup.ts";
import { shellCommand } from "./shell-command.ts";

/** Where things are, from the configured address. */
export interface Places {
  /** `https://box.example.org/auth/cli` */
  signIn: string;
  exchange: string;
  /** Of the server, for people. */
  server: string;
}

export function startPage({ signIn, server }: Places, by: "github" | "here", word: string): string {
  const [what, act] =
    by === "github"
      ? [
          "Sign in, and you are shown a command that connects Claude Code on your machine to an account of your own.",
          "Sign in with GitHub",
        ]
      : [
          "This server has one account: that of whoever runs it. As you are on its machine, you can be shown a command that connects Claude Code to it.",
          "Show the command",
        ];
  return page(
    "Connect Claude Code",
    html`<p>${what}</p>
<form method="post" action="${signIn}">
<input type="hidden" name="form" value="${word}">
<button type="submit">${act}</button>
</form>
<p class="soft">You are at ${server}.</p>`,
  );
}

export function commandPage({ signIn, exchange, server }: Places, who: string | null, code: string): string {
  const command = shellCommand({ code, exchangeUrl: exchange });
  return page(
    who === null ? "Connect Claude Code" : `Signed in as ${who}`,
    html`<p>Run this in a terminal on the machine where you use Claude Code. It works once, within five minutes.</p>
<pre>${command}</pre>
<p class="soft">It saves the connection in <code>~/.claude/channels/signalbox/config.json</code> (below <code>$CLAUDE_CONFIG_DIR</code> if that is set), readable by you alone; what was there is kept beside it as <code>.bak</code>. Then start <code>claude</code>.</p>
<details>
<summary>With a clone of Signalbox</summary>
<p>This keeps the other settings of your configuration, and installs the plugin:</p>
<pre>npm run connect -- --server '${server}' --code ${code}</pre>
</details>
<p class="soft">Nobody but you should see this page. <a href="${signIn}">Begin again</a></p>`,
  );
}

/** One and the same, whatever went wrong. `attempt` stands in the log beside the reason. */
export function failedPage({ signIn }: Places, attempt: string): string {
  return page(
    "You are not signed in",
    html`<p>The sign-in did not come to its end.</p>
<p><a class="button" href="${signIn}">Begin again</a></p>
<p class="soft">If it fails again, ask whoever runs this server: its log says why, under <code>${attempt}</code>. On the server's own machine <code>npm run connect</code> connects without a sign-in.</p>`,
  );
}

export function waitPage({ signIn }: Places, seconds: number): string {
  return page(
    "Too many sign-ins",
    html`<p>There were too many sign-ins from your address. Try again in ${String(seconds)} seconds.</p>
<p><a class="button" href="${signIn}">Begin again</a></p>`,
  );
}
