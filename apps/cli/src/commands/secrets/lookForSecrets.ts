import type { RpcReader } from "@duolog/client";
import type { Kind } from "@duolog/contract";
import type { Page } from "@duolog/contract/server";
import type { Scanner } from "../../secrets/Scanner.ts";
import { TEXT_FIELDS } from "../../secrets/textFields.ts";

/** Where the record holds secrets: how many of one kind in one field of one row. Never the secret. */
export interface SecretPlace {
  kind: string;
  sessionId: string;
  /** `session`, `message`, `toolCall` or `event`, its id, and the field of it. */
  entity: Kind;
  id: string;
  field: string;
  /** When the row was made, epoch ms; null where nobody tells. */
  at: number | null;
  count: number;
}

/** A text that could not be scanned in time. */
export type Unscanned = Omit<SecretPlace, "kind" | "count">;

/** What is told of the search as it goes on. */
export interface Told {
  found(place: SecretPlace): void;
  unscanned(place: Unscanned): void;
  /** So many more rows were read. */
  rows(count: number): void;
  sessionDone(): void;
}

/** What one text may take, ms. */
const TEXT_MS = 5_000;
/** Rows of a page, each of which may hold texts of megabytes. */
const PAGE = 100;

interface Row {
  id: string;
  createdAt: number | null;
}

/** Goes over all rows of the record, page by page. Rejects as the reader does. */
export async function lookForSecrets(
  reader: RpcReader,
  scanner: Scanner,
  told: Told,
): Promise<void> {
  const texts = true;
  for await (const session of pages((page) => reader.session.list(page), told)) {
    const { id: sessionId } = session;
    const look = (entity: Kind, row: Row) => lookAt(scanner, told, { sessionId, entity, row });
    await look("session", session);
    const of = { sessionId, texts };
    for await (const row of pages((page) => reader.message.list({ ...of, ...page }), told)) {
      await look("message", row);
    }
    for await (const row of pages((page) => reader.toolCall.list({ ...of, ...page }), told)) {
      await look("toolCall", row);
    }
    for await (const row of pages((page) => reader.event.list({ ...of, ...page }), told)) {
      await look("event", row);
    }
    told.sessionDone();
  }
}

/** All rows of a paged query, of which one page is held. */
async function* pages<T>(
  read: (page: { limit: number; cursor?: string }) => Promise<Page<T>>,
  told: Told,
): AsyncGenerator<T> {
  let page = await read({ limit: PAGE });
  for (;;) {
    told.rows(page.items.length);
    yield* page.items;
    if (page.nextCursor === null) return;
    page = await read({ limit: PAGE, cursor: page.nextCursor });
  }
}

async function lookAt(
  scanner: Scanner,
  told: Told,
  { sessionId, entity, row }: { sessionId: string; entity: Kind; row: Row },
): Promise<void> {
  for (const field of TEXT_FIELDS[entity]) {
    const text = (row as unknown as Record<string, unknown>)[field];
    if (typeof text !== "string" || text === "") continue;
    const place = { sessionId, entity, id: row.id, field, at: row.createdAt };
    const found = await scanner.find(text, TEXT_MS);
    if (found === null) told.unscanned(place);
    const counts = new Map<string, number>();
    for (const { kind } of found ?? []) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    for (const [kind, count] of counts) told.found({ kind, ...place, count });
  }
}
