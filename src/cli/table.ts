/** Lines of a table, each column as wide as its longest cell. A column without any text is left out. */
export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const columns = heads.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ""));
  const all = [heads, ...rows];
  const widths = columns.map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    columns
      .map((column, at) => (row[column] ?? "").padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
