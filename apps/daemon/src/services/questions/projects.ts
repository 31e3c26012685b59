import type { ProjectSummary } from "@duolog/contract/server";
import type { Whereabouts } from "../../storage/questions/projects.ts";

/** The directories of sessions, the latest written to first. */
export function projectsOf(whereabouts: readonly Whereabouts[]): ProjectSummary[] {
  const projects = new Map<string, ProjectSummary>();
  for (const [path, name, updatedAt] of whereabouts) {
    const known = projects.get(path) ?? { path, name, sessions: 0, updatedAt };
    known.name ??= name;
    known.sessions++;
    known.updatedAt = Math.max(known.updatedAt ?? 0, updatedAt ?? 0) || null;
    projects.set(path, known);
  }
  return [...projects.values()].sort(
    (a, b) => (b.updatedAt ?? 0) - (a.updatedAt ?? 0) || (a.path < b.path ? -1 : 1),
  );
}
