/** Rows as columns, the first `left` of them aligned to the left and the others to the right. */
export function rightAligned(rows: string[][], left: number): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, lengthOf(row[column] ?? "")), 0),
  );
  const line = (row: string[]) =>
    row.map((cell, column) => {
      const space = " ".repeat((widths[column] ?? 0) - lengthOf(cell));
      return column < left ? cell + space : space + cell;
    });
  return rows.map((row) => `${line(row).join("  ").trimEnd()}\n`).join("");
}

function lengthOf(text: string): number {
  return [...text].length;
}
