import { existsSync } from "node:fs";
import { join } from "node:path";
import { type History, type HistoryPart, Source } from "@duolog/contract";
import { findSessions } from "../places/findSessions.ts";
import { Finder } from "../places/look/finder.ts";
import { WHY } from "../places/look/left.ts";
import { realPath } from "../reader/realPath.ts";
import { promptsPart } from "./promptsPart.ts";
import { sessionPart } from "./sessionPart.ts";

/**
 * What Claude Code keeps below its configuration directories: a part for each session, read as live
 * capture does, and then one for the prompts of each directory. The last line of a session that is
 * being written to may be missing. `left` grows as prompts are read. Throws like fs.
 */
export function openHistory(configDirs: readonly string[]): History {
  const finder = new Finder();
  const sessions = findSessions(finder, configDirs);
  const prompts = findPrompts(finder, configDirs, new Set(sessions.map((each) => each.sessionId)));
  leaveDatabases(finder, configDirs);
  return {
    source: Source.claude_code,
    places: [...configDirs.filter((dir) => existsSync(dir)), ...prompts.map(({ id }) => id)],
    parts: [...sessions.map(sessionPart), ...prompts],
    left: finder.left,
    close() {},
  };
}

function findPrompts(
  finder: Finder,
  configDirs: readonly string[],
  timed: ReadonlySet<string>,
): HistoryPart[] {
  return configDirs.flatMap((dir) => {
    const file = finder.file(join(realPath(dir), "history.jsonl"), null);
    return file === null ? [] : [promptsPart(finder, file, timed)];
  });
}

/** The first versions had a SQLite database instead of transcripts. */
function leaveDatabases(finder: Finder, configDirs: readonly string[]): void {
  for (const dir of configDirs) {
    const path = join(realPath(dir), "__store.db");
    if (existsSync(path)) finder.leave(path, WHY.oldDatabase);
  }
}
