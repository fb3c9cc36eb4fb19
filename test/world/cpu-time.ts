/**
 * What something costs, in ms of this thread's processor time: what a busy machine does for others in between does not
 * count, as it does by the clock.
 */

/** The kernel may count by its tick of up to 10 ms, so that less than some of them tells nothing. */
const ENOUGH_MS = 40;

/** The mean of as many times as it takes to tell; once more before them, because the first time is the compiler's. */
export async function cpuMsOf(act: () => unknown): Promise<number> {
  await act();
  const begin = cpuMs();
  for (let times = 1; ; times++) {
    await act();
    const spent = cpuMs() - begin;
    if (spent >= ENOUGH_MS) return spent / times;
  }
}

/** Of this thread, since it began. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
