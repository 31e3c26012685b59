import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type Left, plausibleTime } from "@duolog/contract";
import type { SessionRows, Store, Survey } from "../store.ts";
import { DatabaseFile } from "./DatabaseFile.ts";
import { DatabaseSession } from "./DatabaseSession.ts";
import { laterSessions } from "./opencode2.ts";
import { stampOf } from "./route.ts";

const ONLY_LATER = "a session of OpenCode 2, which this version can't read yet";
const WENT_ON = "a session that went on in OpenCode 2, whose part this version can't read yet";

/** A database of OpenCode's, of any channel. */
export class DatabaseStore implements Store {
  readonly path: string;
  readonly #file: DatabaseFile;

  /** @param makeRoom as DatabaseFile's */
  constructor(path: string, makeRoom: (() => string) | null) {
    this.path = path;
    this.#file = new DatabaseFile(path, makeRoom);
  }

  stamp(): string {
    return stampOf(this.path);
  }

  sessionIds(): string[] {
    return this.#file.look((tables) => tables.sessionIds());
  }

  left(): Left[] {
    const sessions = this.#file.look((_tables, db) => laterSessions(db));
    return sessions.map(({ id, isShared }) => ({
      what: `${this.path}: ${id}`,
      reason: isShared ? WENT_ON : ONLY_LATER,
    }));
  }

  survey(sessionId: string): Survey {
    const { marks, updated, bytes } = this.#file.look((tables) => tables.survey(sessionId));
    const times = updated.map(plausibleTime).filter((time) => time !== null);
    return {
      marks: createHash("sha256").update(JSON.stringify(marks)).digest("base64url"),
      writtenAt: times.length > 0 ? Math.max(...times) : Math.floor(statSync(this.path).mtimeMs),
      bytes,
    };
  }

  rows(sessionId: string): SessionRows {
    return new DatabaseSession(this.#file, sessionId);
  }

  close(): void {
    this.#file.close();
  }
}
