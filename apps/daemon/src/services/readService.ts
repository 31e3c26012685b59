import type { ChildKind, RowOf } from "@duolog/contract";
import type { ListRows, ListSessions, Page, Reader, SessionSummary } from "@duolog/contract/server";
import { ServiceError } from "@duolog/contract/server";
import { fillIn, hashesIn, longFields } from "../core/longTexts.ts";
import { hasEnded } from "../core/merge.ts";
import type { CountedSession } from "../storage/questions/countedSessions.ts";
import type { SessionPosition } from "../storage/questions/sessionBatches.ts";
import type { Reads, RowPosition } from "../storage/record/reads.ts";
import { StorageError } from "../storage/storageError.ts";
import { asked } from "./questions/asked.ts";

/** Pages and summaries over the stored rows. Throws ServiceError. */
export function createReadService(storage: Reads): Reader {
  return {
    getSession: (id) =>
      answering(async () => {
        const found = await storage.getSession(id);
        return found && summary(found);
      }),
    listSessions: (query: ListSessions) =>
      answering(async () => {
        const { limit, cursor, ...filter } = query;
        const after = decode<SessionPosition>(cursor, isSessionPosition);
        const question = await asked(storage, filter);
        const { sessions, next } = await storage.listSessions(limit, after, question);
        return { items: sessions.map(summary), nextCursor: next && encode(next) };
      }),
    listRows: (kind, query) => listRows(storage, kind, query),
  };
}

function listRows<K extends ChildKind>(
  storage: Reads,
  kind: K,
  { sessionId, limit, cursor, texts = true }: ListRows,
): Promise<Page<RowOf<K>>> {
  return answering(async () => {
    const after = decode<RowPosition>(cursor, isRowPosition);
    const fields = longFields(kind).filter((field) => texts === true || texts === field);
    const { rows, next } = await storage.listRows(kind, sessionId, limit, after, fields);
    const hashes = hashesIn(kind, rows, fields);
    if (hashes.length > 0) fillIn(kind, rows, await storage.readTexts(hashes));
    return { items: rows, nextCursor: next && encode(next) };
  });
}

/** A session as it is told. */
export function summary({ session, ...counts }: CountedSession): SessionSummary {
  return { ...session, ...counts, ended: hasEnded(session) };
}

/** Runs `use`; a StorageError becomes a ServiceError UNAVAILABLE, which a caller may be told. */
export async function answering<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const message = `the database can't be used: ${error.message}`;
    throw new ServiceError({ code: "UNAVAILABLE", field: null, message }, { cause: error });
  }
}

/** A cursor is the position of a page's last row, as text. */
function encode(position: SessionPosition | RowPosition): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function decode<T>(cursor: string | undefined, isPosition: (value: unknown) => boolean): T | null {
  if (cursor === undefined) return null;
  const position = parse(Buffer.from(cursor, "base64url").toString());
  if (isPosition(position)) return position as T;
  throw new ServiceError({ code: "INVALID", field: "cursor", message: "cursor: not one of ours" });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

const isTime = (value: unknown) => value === null || typeof value === "number";

function isSessionPosition(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 2 && isTime(value[0]) && typeof value[1] === "string"
  );
}

function isRowPosition(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 2 && isTime(value[0]) && typeof value[1] === "number"
  );
}
