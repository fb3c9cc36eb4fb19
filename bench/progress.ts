/** How far the bench is: a bar where somebody watches, lines where it is logged. */
export interface Progress {
  /** The next step begins. */
  begin(what: string): void;
  end(): void;
}

const WIDTH = 30;

export function progress(steps: number, out: NodeJS.WriteStream): Progress {
  const startedAt = performance.now();
  let done = -1;
  const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`;

  function show(what: string): void {
    if (!out.isTTY) {
      out.write(`${seconds().padStart(5)}  ${Math.min(done + 1, steps)}/${steps}  ${what}\n`);
      return;
    }
    const filled = Math.round((WIDTH * done) / steps);
    out.write(`\r\x1b[K[${"#".repeat(filled)}${"-".repeat(WIDTH - filled)}] ${seconds()}  ${what}`);
  }

  return {
    begin(what) {
      done += 1;
      show(what);
    },
    end() {
      if (out.isTTY) out.write("\r\x1b[K");
    },
  };
}
