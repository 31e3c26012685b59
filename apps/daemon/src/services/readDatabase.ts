import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { IngestRecord } from "@duolog/contract";
import { observationsOfMessage, observationsOfSession } from "../core/observations.ts";
import { copyDatabase } from "../storage/copyDatabase.ts";
import type { SessionPosition } from "../storage/reads.ts";
import { openStorage, type Storage } from "../storage/storage.ts";

/** Sessions, and messages, read in one go. */
const PAGE = 100;

export interface ReadDatabaseOptions {
  /** The file to read; it is not written to. */
  file: string;
  /** A directory of ours in which a copy of it has room. */
  scratch: string;
  migrations: string;
}

/**
 * The record of another file, of this version or an earlier one, as records to be ingested.
 * Throws StorageRefusal where it is none.
 */
export async function* readDatabase(options: ReadDatabaseOptions): AsyncGenerator<IngestRecord[]> {
  const { file, scratch, migrations } = options;
  const directory = mkdtempSync(join(scratch, "import-"));
  try {
    const database = join(directory, "copy.db");
    copyDatabase(file, database);
    const storage = await openStorage({ database, backups: directory, migrations });
    try {
      yield* readSessions(storage);
    } finally {
      await storage.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function* readSessions(storage: Storage): AsyncGenerator<IngestRecord[]> {
  let after: SessionPosition | null = null;
  for (;;) {
    const page = await storage.listSessions(PAGE, after, null);
    if (!page.length) return;
    yield page.flatMap(({ session }) => observationsOfSession(session));
    for (const { session, messageCount } of page) {
      if (messageCount) yield* readMessages(storage, session.id);
      after = [session.updatedAt, session.id];
    }
  }
}

async function* readMessages(storage: Storage, sessionId: string): AsyncGenerator<IngestRecord[]> {
  let page: Awaited<ReturnType<Storage["listMessages"]>>;
  let after: Parameters<Storage["listMessages"]>[2] = null;
  do {
    page = await storage.listMessages(sessionId, PAGE, after);
    yield page.messages.flatMap(observationsOfMessage);
    const last = page.messages.at(-1);
    after = last ? [last.createdAt, last.key] : null;
  } while (page.more);
}
