import { existsSync } from "node:fs";
import {
  CHILD_KINDS,
  type ChildKind,
  type Entity,
  entities,
  type Found,
  type IngestRecord,
} from "@duolog/contract";
import { fillIn, hashesIn, longFields } from "../core/longTexts.ts";
import { observationsOf } from "../core/observations.ts";
import type { SessionPosition } from "../storage/questions/sessionBatches.ts";
import type { RowPosition } from "../storage/record/reads.ts";
import { copyAside } from "../storage/salvage/aside.ts";
import { isWalDamaged } from "../storage/salvage/wal.ts";
import { openStorage, type Storage } from "../storage/storage.ts";
import { isOfContent, StorageError } from "../storage/storageError.ts";
import { StorageRefusal } from "../storage/storageRefusal.ts";
import { fromCopy } from "./fromCopy.ts";
import { readDamaged } from "./readDamaged.ts";

/** Rows of a kind read in one go. */
const PAGE = 100;

const DAMAGED = "the database is damaged: what could be read of it was imported";

export interface ReadDatabaseOptions {
  /** The file to read; it is not written to. */
  file: string;
  /** A directory of ours in which a copy of it has room. */
  scratch: string;
  migrations: string;
}

/**
 * The record of another file, of this version or an earlier one; of a damaged one what can still be
 * read, some of it twice. Throws StorageRefusal where it is none, or nothing can be read.
 */
export async function* readDatabase(options: ReadDatabaseOptions): AsyncGenerator<Found> {
  try {
    checkLog(options.file);
    yield* readSound(options);
  } catch (error) {
    if (!isOfDamage(error)) throw error;
    yield* readLeft(options, error);
  }
}

/** SQLite would pass over what stands behind the damage, without a word. */
function checkLog(file: string): void {
  if (!existsSync(file) || !isWalDamaged(file)) return;
  throw new StorageRefusal("damaged", `can't read ${file}: its write-ahead log is damaged`);
}

function isOfDamage(error: unknown): boolean {
  if (error instanceof StorageRefusal) return error.reason === "damaged";
  return error instanceof StorageError && isOfContent(error.cause);
}

async function* readSound({ file, scratch, migrations }: ReadDatabaseOptions) {
  const pages = fromCopy(file, scratch, (copy, backups) => readCopy(copy, backups, migrations));
  for await (const records of pages) yield { records, unreadable: [] };
}

async function* readLeft(
  { file, scratch, migrations }: ReadDatabaseOptions,
  error: unknown,
): AsyncGenerator<Found> {
  let isEmpty = true;
  const pages = fromCopy(file, scratch, (copy) => readDamaged(copy, migrations), copyAside);
  for await (const records of pages) {
    isEmpty = false;
    yield { records, unreadable: [] };
  }
  if (isEmpty) throw error;
  yield { records: [], unreadable: [{ raw: file, reason: DAMAGED }] };
}

async function* readCopy(
  database: string,
  backups: string,
  migrations: string,
): AsyncGenerator<IngestRecord[]> {
  const storage = await openStorage({ database, backups, migrations });
  try {
    yield* readSessions(storage);
  } finally {
    await storage.close();
  }
}

async function* readSessions(storage: Storage): AsyncGenerator<IngestRecord[]> {
  let page: Awaited<ReturnType<Storage["listSessions"]>>;
  let after: SessionPosition | null = null;
  do {
    page = await storage.listSessions(PAGE, after);
    yield page.sessions.flatMap(({ session }) => observationsOf(entities.session, session));
    for (const { session } of page.sessions) {
      for (const kind of CHILD_KINDS) yield* readRows(storage, kind, session.id);
    }
    after = page.next;
  } while (after !== null);
}

async function* readRows(
  storage: Storage,
  kind: ChildKind,
  sessionId: string,
): AsyncGenerator<IngestRecord[]> {
  let after: RowPosition | null = null;
  do {
    const page: { rows: object[]; next: RowPosition | null } = await storage.listRows(
      kind,
      sessionId,
      PAGE,
      after,
      longFields(kind),
    );
    fillIn(kind, page.rows, await storage.readTexts(hashesIn(kind, page.rows)));
    yield page.rows.flatMap((row) => observationsOf(entities[kind] as Entity, row));
    after = page.next;
  } while (after);
}
