import { type FoundSession, findSession, projectDirs } from "./findSession.ts";
import { findSessions } from "./findSessions.ts";
import { Finder, type Names } from "./look/finder.ts";
import type { SessionFiles } from "./sessionFiles.ts";

/** Where live capture looks for transcripts: Claude Code's directories, which may become more. */
export class Places {
  readonly #configDirs: () => readonly string[];
  readonly #names: Names = new Map();

  constructor(configDirs: () => readonly string[]) {
    this.#configDirs = configDirs;
  }

  get configDirs(): readonly string[] {
    return this.#configDirs();
  }

  /** All sessions' transcripts, by the session's id. Throws like fs. */
  all(): Map<string, SessionFiles> {
    const sessions = findSessions(new Finder(this.#names), this.configDirs);
    return new Map(sessions.map((session) => [session.sessionId, session]));
  }

  /** A session's transcripts, in all projects' directories or in these. Throws like fs. */
  find(sessionId: string, projects?: readonly string[]): FoundSession {
    const among = projects ?? projectDirs(new Finder(), this.configDirs);
    return findSession(new Finder(this.#names), sessionId, among);
  }

  /** Why a session's transcript is not read where a hook says that it is; null where nothing tells. */
  why(sessionId: string, path: string): string | null {
    const finder = new Finder(this.#names);
    findSessions(finder, this.configDirs);
    const isOf = (what: string) => what.includes(sessionId) || path.startsWith(`${what}/`);
    return finder.left.find(({ what }) => isOf(what))?.reason ?? null;
  }
}
