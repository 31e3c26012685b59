import type { Dirent } from "node:fs";
import { asId } from "../translate/json.ts";
import { below, type Finder, type Seen } from "./look/finder.ts";
import { WHY } from "./look/left.ts";
import type { TranscriptFile } from "./sessionFiles.ts";

/** So deep are sub-agents looked for below a session's `subagents`; Claude Code is known to use 3. */
const MAX_DEPTH = 16;
/** What a workflow did, no transcript. */
const JOURNAL = "journal.jsonl";

/** The sub-agent that a transcript's name tells, whatever its characters; null where it tells none. */
export function agentIn(name: string): string | null {
  return asId(/^agent-(.+)\.jsonl$/s.exec(name)?.[1]);
}

/** A sub-agent's transcript and what lies beside it; null where it can't be read. */
export function agentFile(
  finder: Finder,
  directory: Seen,
  name: string,
  agentId: string,
): TranscriptFile | null {
  const seen = finder.file(below(directory, name), directory);
  if (seen === null) return null;
  const meta = finder.look(metaPath(seen.path), directory);
  return { path: seen.path, agentId, stats: seen.stats, meta: meta?.stats ?? null };
}

/** Where what is told of a sub-agent beside its transcript lies. */
export function metaPath(path: string): string {
  return path.replace(/\.jsonl$/, ".meta.json");
}

/** All sub-agents' transcripts below a session's `subagents`, at any depth. */
export function* findAgents(finder: Finder, directory: Seen, depth = 0): Generator<TranscriptFile> {
  for (const entry of finder.entries(directory)) {
    if (entry.name.endsWith(".jsonl")) {
      const found = transcript(finder, directory, entry.name);
      if (found) yield found;
    } else if (mayBeDirectory(entry)) {
      yield* nested(finder, directory, entry.name, depth + 1);
    }
  }
}

function* nested(finder: Finder, parent: Seen, name: string, depth: number) {
  const directory = finder.directory(below(parent, name), parent);
  if (directory === null) return;
  if (depth > MAX_DEPTH) finder.leave(directory.path, WHY.deep);
  else yield* findAgents(finder, directory, depth);
}

/** One without a sub-agent's name is one where its lines are a session's. */
function transcript(finder: Finder, directory: Seen, name: string): TranscriptFile | null {
  if (name === JOURNAL) return null;
  const told = agentIn(name);
  if (told !== null) return agentFile(finder, directory, name, told);
  const file = agentFile(finder, directory, name, name.slice(0, -".jsonl".length));
  if (file === null || file.stats.size === 0n) return null;
  const { sessionId, agentId } = finder.named(file);
  if (sessionId === null) return finder.leave(file.path, WHY.namesNone);
  return { ...file, agentId: agentId ?? file.agentId };
}

function mayBeDirectory(entry: Dirent): boolean {
  return entry.isDirectory() || entry.isSymbolicLink();
}
