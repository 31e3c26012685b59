import type { RpcReader } from "@duolog/client";
import type { ChildKind, RowOf } from "@duolog/contract";
import type { ListSessions, Page, SessionSummary } from "@duolog/contract/server";
import type { Cleaning } from "./cleaning.ts";

/** Rows asked for at once; the daemon gives fewer where they are long. */
const PAGE = 500;

/** Reads the record page by page, each page clean before anybody sees it. Rejects with RpcError. */
export class CleanReader {
  readonly #reader: RpcReader;
  readonly #cleaning: Cleaning;
  readonly #told: (rows: number) => void;

  /** @param told of each page how many rows it has */
  constructor(reader: RpcReader, cleaning: Cleaning, told: (rows: number) => void) {
    this.#reader = reader;
    this.#cleaning = cleaning;
    this.#told = told;
  }

  /** The session; null where there is none of that id. */
  async session(id: string): Promise<SessionSummary | null> {
    const session = await this.#reader.session.get({ id });
    if (session === null) return null;
    const [clean = null] = await this.#cleaning.rows("session", [session]);
    return clean;
  }

  /** All sessions for which the filter holds, newest first. */
  async *sessions(filter: Partial<ListSessions>): AsyncGenerator<SessionSummary[]> {
    const list = (page: Asked) => this.#reader.session.list({ ...filter, ...page });
    for await (const sessions of pages(list)) yield await this.#cleaning.rows("session", sessions);
  }

  /** A session's rows of one kind, oldest first, all texts in them whole. */
  async *rows<K extends ChildKind>(kind: K, sessionId: string): AsyncGenerator<RowOf<K>[]> {
    const list = this.#reader[kind].list as unknown as (
      query: { sessionId: string; texts: true } & Asked,
    ) => Promise<Page<RowOf<K>>>;
    for await (const rows of pages((page) => list({ sessionId, texts: true, ...page }))) {
      this.#told(rows.length);
      yield await this.#cleaning.rows(kind, rows);
    }
  }
}

interface Asked {
  limit: number;
  cursor?: string;
}

/** The pages of a query; the next one is read while one is worked on. */
async function* pages<T>(read: (page: Asked) => Promise<Page<T>>): AsyncGenerator<T[]> {
  let next: Promise<Page<T>> | null = read({ limit: PAGE });
  while (next !== null) {
    const { items, nextCursor }: Page<T> = await next;
    next = nextCursor === null ? null : read({ limit: PAGE, cursor: nextCursor });
    // Where nobody goes on, nobody asks what became of it.
    next?.catch(() => {});
    yield items;
  }
}
