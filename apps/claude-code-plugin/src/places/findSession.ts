import {
  agentsOf,
  inProject,
  isSessions,
  isTranscript,
  ownFile,
  projectsOf,
} from "./findSessions.ts";
import { below, type Finder, type Seen } from "./look/finder.ts";
import type { SessionFiles, TranscriptFile } from "./sessionFiles.ts";

/** A session's transcripts, and the projects' directories that they were found in. */
export interface FoundSession extends SessionFiles {
  readonly projects: readonly string[];
}

/** All projects' directories of these configuration directories. Throws like fs. */
export function projectDirs(finder: Finder, configDirs: readonly string[]): string[] {
  return configDirs.flatMap((dir) => {
    const projects = projectsOf(finder, dir);
    if (projects === null) return [];
    const entries = finder.entries(projects).filter((entry) => !entry.isFile());
    return entries.map(({ name }) => below(projects, name));
  });
}

/** The transcripts of one session in these directories of projects: for each a few looks. Throws like fs. */
export function findSession(
  finder: Finder,
  sessionId: string,
  projects: readonly string[],
): FoundSession {
  const own: TranscriptFile[] = [];
  const agents: TranscriptFile[] = [];
  const found: string[] = [];
  for (const path of projects) {
    const project = finder.directory(path, null);
    const files = project === null ? [] : [...filesIn(finder, project, sessionId)];
    if (files.length > 0) found.push(path);
    for (const file of files) (file.agentId === null ? own : agents).push(file);
  }
  return { sessionId, own, agents, projects: found };
}

function* filesIn(finder: Finder, project: Seen, sessionId: string): Generator<TranscriptFile> {
  const name = `${sessionId}.jsonl`;
  const own = ownFile(finder, project, name);
  const agents = [...agentsOf(finder, project, sessionId)];
  if (own) yield own;
  yield* agents;
  if (own || agents.length > 0) yield* besideIt(finder, project, sessionId, name);
}

/** Transcripts beside a session's own that their lines tell to be its. */
function* besideIt(finder: Finder, project: Seen, sessionId: string, own: string) {
  for (const entry of finder.entries(project)) {
    if (!isTranscript(entry) || isSessions(entry.name) || entry.name === own) continue;
    const found = inProject(finder, project, entry.name);
    if (found?.sessionId === sessionId) yield found.file;
  }
}
