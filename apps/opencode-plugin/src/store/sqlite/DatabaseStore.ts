import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type Left, plausibleTime } from "@duolog/contract";
import type { RowsV2, SessionRows, Store, Survey } from "../store.ts";
import { DatabaseFile } from "./DatabaseFile.ts";
import { DatabaseSession } from "./DatabaseSession.ts";
import { DatabaseSessionV2 } from "./DatabaseSessionV2.ts";
import { stampOf } from "./route.ts";
import { TablesV2 } from "./TablesV2.ts";

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
    const ids = this.#file.look((tables, db) => [
      ...tables.sessionIds(),
      ...new TablesV2(db).sessionIds(),
    ]);
    return [...new Set(ids)];
  }

  left(): Left[] {
    return [];
  }

  survey(sessionId: string): Survey {
    const { v1, v2 } = this.#file.look((tables, db) => {
      const later = new TablesV2(db);
      return {
        v1: tables.survey(sessionId),
        v2: later.isThere ? later.marks(sessionId) : null,
      };
    });
    const [, last, , bytes] = v2?.messages ?? [];
    const updated = [...v1.updated, v2?.session?.time_updated, last];
    const times = updated.map(plausibleTime).filter((time) => time !== null);
    const marks = v2 ? [v1.marks, v2] : v1.marks;
    return {
      marks: createHash("sha256").update(JSON.stringify(marks)).digest("base64url"),
      writtenAt: times.length > 0 ? Math.max(...times) : Math.floor(statSync(this.path).mtimeMs),
      bytes: v1.bytes + (bytes ?? 0),
    };
  }

  v2(sessionId: string): RowsV2 | null {
    if (!this.#file.look((_tables, db) => new TablesV2(db).isThere)) return null;
    const session = new DatabaseSessionV2(this.#file, sessionId);
    return session.isEmpty ? null : session;
  }

  rows(sessionId: string): SessionRows {
    return new DatabaseSession(this.#file, sessionId);
  }

  close(): void {
    this.#file.close();
  }
}
