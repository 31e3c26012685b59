import { existsSync } from "node:fs";
import { type History, Source } from "@duolog/contract";
import { findSessions } from "../places/findSessions.ts";
import { sessionPart } from "./sessionPart.ts";

/**
 * What Claude Code keeps below its configuration directories: a part for each session, read as live
 * capture does. The last line of a session that is being written to may be missing. Throws like fs.
 */
export function openHistory(configDirs: readonly string[]): History {
  const { sessions, left } = findSessions(configDirs);
  return {
    source: Source.claude_code,
    places: configDirs.filter((dir) => existsSync(dir)),
    parts: sessions.map(sessionPart),
    left,
    live: ["status", "updatedAt", "endedAt"],
    partsOf: idsIn,
    close() {},
  };
}

/** Ids of events that are made of the id of a line or a message. */
const MADE_OF_IDS = [/^cwd-(.+)$/, /^(.+)-\d+$/, /^(.+)-advisor-\d+$/];

function idsIn(id: string): string[] {
  return MADE_OF_IDS.flatMap((form) => form.exec(id)?.[1] ?? []);
}
