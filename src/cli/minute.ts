/** A moment as tables show it. */
export const minuteOf = (ms: bigint): string => `${new Date(Number(ms)).toISOString().slice(0, 16)}Z`;
