import { type Dirent, lstatSync } from "node:fs";
import { join } from "node:path";
import { realPath } from "../reader/realPath.ts";
import { agentFile, agentIn, findAgents } from "./findAgents.ts";
import { below, type Finder, type Seen } from "./look/finder.ts";
import { WHY } from "./look/left.ts";
import { isLinkText } from "./look/linkText.ts";
import { Gathered, type SessionFiles, type TranscriptFile } from "./sessionFiles.ts";

/** What a session's id must look like to be part of a path. */
export const SESSION_ID = /^[\w-]{1,128}$/;
/** As Claude Code makes them; another name may be anything's. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** What lies beside transcripts and holds none. */
const NO_TRANSCRIPTS = new Set(["memory", "tool-results"]);
/** So deep is looked for what might be a transcript. */
const MAX_DEPTH = 8;

/** The transcripts of all sessions below these configuration directories, by id. Throws like fs. */
export function findSessions(finder: Finder, configDirs: readonly string[]): SessionFiles[] {
  const gathered = new Gathered();
  for (const dir of configDirs) {
    const projects = projectsOf(finder, dir);
    if (projects) findInProjects(finder, projects, gathered);
  }
  return gathered.sessions();
}

/** `projects` of a configuration directory, by its real path; null where it is not there, or left. */
export function projectsOf(finder: Finder, configDir: string): Seen | null {
  return finder.directory(join(realPath(configDir), "projects"), null);
}

function findInProjects(finder: Finder, projects: Seen, gathered: Gathered): void {
  for (const entry of finder.entries(projects)) {
    const path = below(projects, entry.name);
    if (isTranscript(entry)) finder.leave(path, WHY.elsewhere);
    else if (isFile(entry)) leaveLinkText(finder, path);
    else {
      const project = finder.directory(path, projects);
      if (project) findInProject(finder, project, gathered);
    }
  }
}

function findInProject(finder: Finder, project: Seen, gathered: Gathered): void {
  for (const entry of finder.entries(project)) {
    const { name } = entry;
    if (isTranscript(entry)) {
      const found = inProject(finder, project, name);
      if (found) gathered.add(found.sessionId, found.file);
    } else if (isFile(entry) || NO_TRANSCRIPTS.has(name)) continue;
    else if (!SESSION_ID.test(name)) leaveTranscripts(finder, project, entry, 0);
    else for (const file of agentsOf(finder, project, name)) gathered.add(name, file);
  }
}

/** A transcript that lies in a project's directory itself, and whose it is. */
export function inProject(
  finder: Finder,
  project: Seen,
  name: string,
): { sessionId: string; file: TranscriptFile } | null {
  const agentId = agentIn(name);
  const file =
    agentId === null ? ownFile(finder, project, name) : agentFile(finder, project, name, agentId);
  if (file === null) return null;
  if (isSessions(name)) return { sessionId: name.slice(0, -".jsonl".length), file };
  if (file.stats.size === 0n) return null;
  const { sessionId } = finder.named(file);
  return sessionId === null ? finder.leave(file.path, WHY.namesNone) : { sessionId, file };
}

/** True where a transcript's name is the id of its session. */
export function isSessions(name: string): boolean {
  return UUID.test(name.slice(0, -".jsonl".length));
}

/** A transcript that is no sub-agent's; null where it is not there, or left. */
export function ownFile(finder: Finder, project: Seen, name: string): TranscriptFile | null {
  const seen = finder.file(below(project, name), project);
  if (seen !== null && isLinkText(seen.path, Number(seen.stats.size))) {
    return finder.leave(seen.path, WHY.linkText);
  }
  return seen && { path: seen.path, stats: seen.stats, agentId: null, meta: null };
}

/** The transcripts in a session's own directory: all of them are sub-agents'. */
export function* agentsOf(
  finder: Finder,
  project: Seen,
  sessionId: string,
): Generator<TranscriptFile> {
  const directory = finder.directory(below(project, sessionId), project);
  if (directory === null) return;
  for (const entry of finder.entries(directory)) {
    if (entry.name === "subagents") {
      const agents = finder.directory(below(directory, entry.name), directory);
      if (agents) yield* findAgents(finder, agents);
    } else leaveTranscripts(finder, directory, entry, 0);
  }
}

/** Tells of what looks like a transcript where none is expected. */
function leaveTranscripts(finder: Finder, parent: Seen, entry: Dirent, depth: number): void {
  const path = below(parent, entry.name);
  if (isTranscript(entry)) finder.leave(path, WHY.elsewhere);
  if (!entry.isDirectory() || NO_TRANSCRIPTS.has(entry.name) || depth > MAX_DEPTH) return;
  const directory = finder.directory(path, parent);
  if (directory === null) return;
  for (const each of finder.entries(directory))
    leaveTranscripts(finder, directory, each, depth + 1);
}

function leaveLinkText(finder: Finder, path: string): void {
  const { size } = lstatSync(path, { throwIfNoEntry: false }) ?? {};
  if (size !== undefined && isLinkText(path, size)) finder.leave(path, WHY.linkText);
}

/** True where a name is a transcript's. */
export function isTranscript({ name }: { readonly name: string }): boolean {
  return name.endsWith(".jsonl") && name !== "journal.jsonl";
}

function isFile(entry: Dirent): boolean {
  return !entry.isDirectory() && !entry.isSymbolicLink();
}
