/**
 * The command that saves a connection: for whoever has the plugin alone, so it needs nothing but a POSIX shell and curl, and
 * nothing that the server sends is run. It holds a code, never a token.
 *
 *   - What comes is written to a new file that is its owner's alone from its first byte (mktemp), and takes the place of the old
 *     one in one step, only when it is there as a whole, and is no page that somebody on the way has put in. The old one is kept
 *     as `.bak`.
 *   - No shell that it is pasted into looks inside of the single quotes: in fish and zsh it is the same as in bash. There is no `!`,
 *     which older interactive shells would take for their history in a second line.
 */

const SCRIPT = `
f=\${SIGNALBOX_CONFIG:-\${CLAUDE_CONFIG_DIR:-$HOME/.claude}/channels/signalbox/config.json}
umask 077; mkdir -p "$(dirname "$f")" && t=$(mktemp "$f.XXXXXX") || exit
curl -fsS -d "code=$1" -o "$t" "$2" && grep -q connectionToken "$t" || {
  rm -f "$t"; echo "Nothing was saved. A code works once, for five minutes." >&2; exit 1; }
if test -e "$f"; then rm -f "$f.bak"; cp -p "$f" "$f.bak"; fi
mv -f "$t" "$f" && echo "Saved $f"`;

export const shellCommand = ({ code, exchangeUrl }: { code: string; exchangeUrl: string }): string =>
  `sh -c '${SCRIPT}' - ${quoted(code)} ${quoted(exchangeUrl)}`;

/** Every shell reads it as one word. In a URL `%27` is the same as a quote. */
const quoted = (word: string): string => `'${word.replaceAll("'", "%27").replaceAll("!", "%21")}'`;
