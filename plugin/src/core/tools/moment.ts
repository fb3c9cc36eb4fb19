/** A moment that the server has told, as people read it. It may be none: a server is trusted no more than it must. */
export function momentWords(ms: bigint, digits: "minute" | "second"): string {
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return "an unknown time";
  return `${date.toISOString().slice(0, digits === "minute" ? 16 : 19)}Z`;
}
