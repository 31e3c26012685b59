import { asCount, asText, type Json, objectsOf } from "../json.ts";

/** Longest diff that is kept, UTF-16 units: a change of most of a file is no place to keep the file. */
const MAX_DIFF = 64 * 1024;

/** A change as a unified diff, and whether its end was left away. */
export interface Diff {
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * `toolUseResult.structuredPatch` (hunks of `oldStart, oldLines, newStart, newLines, lines`) as a
 * unified diff; null where there is none.
 */
export function readPatch(result: Json): Diff | null {
  const hunks = objectsOf(result.structuredPatch);
  if (hunks.length === 0) return null;
  const path = asText(result.filePath) ?? "file";
  const lines = [`--- ${path}`, `+++ ${path}`];
  let length = 0;
  for (const line of hunks.flatMap(linesOf)) {
    length += line.length + 1;
    if (length > MAX_DIFF) return { text: lines.join("\n"), isCut: true };
    lines.push(line);
  }
  return { text: lines.join("\n"), isCut: false };
}

function linesOf(hunk: Json): string[] {
  const lines = Array.isArray(hunk.lines) ? hunk.lines : [];
  const before = `-${asCount(hunk.oldStart) ?? 0},${asCount(hunk.oldLines) ?? 0}`;
  const after = `+${asCount(hunk.newStart) ?? 0},${asCount(hunk.newLines) ?? 0}`;
  return [`@@ ${before} ${after} @@`, ...lines.filter((line) => typeof line === "string")];
}
