import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type Left, plausibleTime, type Unreadable } from "@duolog/contract";
import type { Row } from "../row.ts";
import type { ContentRow, IsTold, RowsV2, SessionRows, Store, Survey } from "../store.ts";
import { DatabaseFile } from "./DatabaseFile.ts";
import { DatabaseSessionV2 } from "./DatabaseSessionV2.ts";
import type { Plan } from "./Tables.ts";
import { TablesV2 } from "./TablesV2.ts";

/** Rows read in one look: at most so many, and not much more than so many bytes of content. */
const MAX_ROWS = 500;
const MAX_BYTES = 8_388_608;

interface Place {
  table: "event" | "message" | "part";
  id: unknown;
  bytes: number;
}

/** A database of OpenCode's, of any channel. */
export class DatabaseStore implements Store {
  readonly path: string;
  readonly #file: DatabaseFile;

  /** @param makeRoom as DatabaseFile's */
  constructor(path: string, makeRoom: (() => string) | null) {
    this.path = path;
    this.#file = new DatabaseFile(path, makeRoom);
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
    const plan = this.#file.look((tables) => tables.plan(sessionId));
    return {
      sessions: () => plan.sessions,
      events: () => this.#events(plan),
      content: (isTold) => this.#read(contentOf(plan, isTold)),
      unreadable: () => withoutId(plan),
    };
  }

  close(): void {
    this.#file.close();
  }

  *#events(plan: Plan): Generator<Row> {
    const events = plan.events.map(([id, bytes]) => ({ table: "event" as const, id, bytes }));
    for (const { row } of this.#read(events)) yield row;
  }

  /** Rows that are gone meanwhile are left out. */
  *#read<P extends Place>(places: Iterable<P>): Generator<{ table: P["table"]; row: Row }> {
    for (const page of pagesOf(places)) {
      const rows = this.#file.look((tables) => ({
        event: byId(tables.rows("event", idsIn(page, "event"))),
        message: byId(tables.rows("message", idsIn(page, "message"))),
        part: byId(tables.rows("part", idsIn(page, "part"))),
      }));
      for (const { table, id } of page) {
        const row = rows[table].get(String(id));
        if (row) yield { table, row };
      }
    }
  }
}

/** Rows that can't be asked for; SQLite lets a key of text be NULL. */
function withoutId(plan: Plan): Unreadable[] {
  return (["events", "messages", "parts"] as const).flatMap((table) => {
    const rows = plan[table].filter(([id]) => id === null);
    return rows.map(() => ({ raw: table, reason: `${table}: a row without an id` }));
  });
}

/** What is to be read of messages and parts, in order: of what events told only what may wait. */
function* contentOf(
  { messages, parts }: Plan,
  isTold: IsTold,
): Generator<Place & { table: ContentRow["table"] }> {
  const byMessage = new Map<string, Plan["parts"]>();
  for (const part of parts) {
    const messageId = String(part[3]);
    const known = byMessage.get(messageId);
    if (known) known.push(part);
    else byMessage.set(messageId, [part]);
  }
  function* partsOf(messageId: string) {
    for (const [id, bytes, writtenAt, , mayWait] of byMessage.get(messageId) ?? []) {
      if (mayWait || !isTold(id, writtenAt)) yield { table: "part" as const, id, bytes };
    }
    byMessage.delete(messageId);
  }
  for (const [id, bytes, writtenAt] of messages) {
    if (!isTold(id, writtenAt)) yield { table: "message", id, bytes };
    yield* partsOf(String(id));
  }
  for (const messageId of byMessage.keys()) yield* partsOf(messageId);
}

function* pagesOf<P extends Place>(places: Iterable<P>): Generator<P[]> {
  let page: P[] = [];
  let bytes = 0;
  for (const place of places) {
    page.push(place);
    bytes += place.bytes;
    if (page.length < MAX_ROWS && bytes < MAX_BYTES) continue;
    yield page;
    page = [];
    bytes = 0;
  }
  if (page.length > 0) yield page;
}

function idsIn(places: readonly Place[], table: Place["table"]): unknown[] {
  return places.filter((place) => place.table === table).map(({ id }) => id);
}

function byId(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [String(row.id), row]));
}
