/** The story of a run: when, who, what. */
export interface Told {
  at: number;
  who: string;
  what: string;
}

export class Timeline {
  readonly told: Told[] = [];

  tell(at: number, who: string, what: string): void {
    this.told.push({ at, who, what });
  }

  lines(last = Number.POSITIVE_INFINITY): string[] {
    return this.told.slice(-last).map(({ at, who, what }) => `${clockOf(at)}  ${who.padEnd(12)} ${what}`);
  }
}

function clockOf(ms: number): string {
  const [minutes, seconds] = [Math.floor(ms / 60_000), (ms % 60_000) / 1_000];
  return `${String(minutes).padStart(3)}:${seconds.toFixed(3).padStart(6, "0")}`;
}
