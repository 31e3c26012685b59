import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findSessions } from "../places/findSessions.ts";
import { Finder } from "../places/look/finder.ts";
import { withOwnFile } from "../reader/realFile.ts";
import { realPath } from "../reader/realPath.ts";
import { asObject } from "../translate/json.ts";
import { lastWritten } from "./fingerprint.ts";

/** When Claude Code deletes a session's transcript. */
export interface Deletion {
  sessionId: string;
  /** At its first start after that, epoch ms. */
  at: number;
}

/** What Claude Code keeps a transcript for where `cleanupPeriodDays` says nothing else (its documents, "Application data"). */
const USUAL_DAYS = 30;
const ONE_DAY = 86_400_000;
/** Largest settings file that is read, bytes. */
const MAX_SETTINGS = 1024 * 1024;

/**
 * When each session's transcript goes: so many days after it was last written. Settings of a project or
 * of an organization, which may say another number, are not looked at. Throws like fs.
 */
export function findDeletions(configDirs: readonly string[]): Deletion[] {
  return configDirs.flatMap((dir) => {
    const kept = keptDays(dir) * ONE_DAY;
    const sessions = findSessions(new Finder(), [dir]).filter(({ own }) => own.length > 0);
    return sessions.map(({ sessionId, own }) => {
      const written = lastWritten(own.map(({ stats }) => stats));
      return { sessionId, at: written + kept };
    });
  });
}

/** Days; of the settings nothing but that number is kept. */
function keptDays(configDir: string): number {
  const text = withOwnFile(join(realPath(configDir), "settings.json"), (fd, { size }) =>
    size > MAX_SETTINGS ? null : readFileSync(fd, "utf8"),
  );
  const { cleanupPeriodDays: days } = asObject(parsed(text));
  return typeof days === "number" && days > 0 ? days : USUAL_DAYS;
}

/** Null where it is no JSON: then Claude Code goes by its defaults too. */
function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
