import type { ToolCall } from "@duolog/contract";
import { listOf, parsed } from "../inputs.ts";

interface Touched {
  path: string;
  changes: number;
  reads: number;
}

const CHANGES = new Set(["edit", "write"]);

/** The files that calls touched, those that were changed first, then by how often; paths below `root` from there. */
export function filesTouched(calls: readonly ToolCall[], root: string | null): string[] {
  const files = new Map<string, Touched>();
  for (const call of calls.filter(({ status }) => status === "success")) {
    for (const path of pathsOf(call)) {
      const file = files.get(path) ?? { path, changes: 0, reads: 0 };
      if (CHANGES.has(call.kind ?? "")) file.changes++;
      else file.reads++;
      files.set(path, file);
    }
  }
  return [...files.values()]
    .toSorted((a, b) => b.changes - a.changes || b.reads - a.reads || (a.path < b.path ? -1 : 1))
    .map((file) => `- ${below(file.path, root)} (${told(file)})`);
}

function pathsOf({ filePath, data }: ToolCall): Set<string> {
  const further = listOf(parsed(data), "files").filter((path) => typeof path === "string");
  return new Set([...(filePath ? [filePath] : []), ...further]);
}

function told({ changes }: Touched): string {
  if (changes === 0) return "only read";
  return changes === 1 ? "changed once" : `changed ${changes} times`;
}

function below(path: string, root: string | null): string {
  return root && path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
