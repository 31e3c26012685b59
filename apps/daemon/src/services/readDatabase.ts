import type { IngestRecord } from "@duolog/contract";
import { observationsOfMessage, observationsOfSession } from "../core/observations.ts";
import type { SessionPosition } from "../storage/reads.ts";
import { openStorage, type Storage } from "../storage/storage.ts";
import type { Found } from "./found.ts";
import { fromCopy } from "./fromCopy.ts";

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
 * The record of another file, of this version or an earlier one.
 * Throws StorageRefusal where it is none.
 */
export async function* readDatabase(options: ReadDatabaseOptions): AsyncGenerator<Found> {
  const { file, scratch, migrations } = options;
  const pages = fromCopy(file, scratch, (copy, backups) => readCopy(copy, backups, migrations));
  for await (const records of pages) yield { records, unreadable: [] };
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
