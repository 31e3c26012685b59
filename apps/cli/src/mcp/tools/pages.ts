import type { Page } from "@duolog/contract/server";

/** One page of a paged query. */
export type ReadPage<T> = (query: {
  limit: number;
  cursor: string | undefined;
}) => Promise<Page<T>>;

/** Rows of a page as the daemon allows them at most. */
export const WHOLE_PAGE = 1_000;

/**
 * The cursor from which the row at `index` of the page after `cursor` is the first one; undefined is the
 * beginning.
 */
export async function cursorAt<T>(
  read: ReadPage<T>,
  cursor: string | undefined,
  index: number,
): Promise<string | undefined> {
  if (index === 0) return cursor;
  return (await read({ limit: index, cursor })).nextCursor ?? undefined;
}

/** The cursor of the first row that `is` it, or of the one `before` it; null where none is. */
export async function cursorOfRow<T>(
  read: ReadPage<T>,
  is: (row: T) => boolean,
  before = 0,
): Promise<{ cursor: string | undefined } | null> {
  for (let cursor: string | undefined; ; ) {
    const { items, nextCursor } = await read({ limit: WHOLE_PAGE, cursor });
    const index = items.findIndex(is);
    if (index >= 0) return { cursor: await cursorAt(read, cursor, Math.max(0, index - before)) };
    if (nextCursor === null) return null;
    cursor = nextCursor;
  }
}
