import type { ItemResult, Refusal } from "@duolog/contract";
import { type Blob, blobOf, type LongText } from "../storage/record/blobs.ts";
import type { Rows } from "../storage/record/rows.ts";
import type { Writer } from "../storage/record/writer.ts";
import { StorageError } from "../storage/storageError.ts";
import { type Item, mergeBatch } from "./batch.ts";
import { deflateLarge } from "./longText.ts";

/** Work that is told the number of the last change, numbers its own on from there, and tells its last. */
type Numbering<T> = (lastChange: number) => Promise<{ lastChange: number; result: T }>;

/** Whom a writer tells. */
export interface WriterEvents {
  /** Told of each failure of the database. */
  onFailure: (error: StorageError) => void;
  /** Told of sessions whose end was told, or another one. */
  onEnded?: (sessions: string[]) => void;
}

/** Writes one batch after the other, and numbers the rows that change. */
export class BatchWriter {
  readonly #storage: Writer;
  readonly #events: WriterEvents;
  /** Number of the last change; the next row gets the one after it. */
  lastChange: number;
  #isInDoubt = false;

  constructor(storage: Writer, events: WriterEvents, lastChange: number) {
    this.#storage = storage;
    this.#events = events;
    this.lastChange = lastChange;
  }

  /**
   * Runs what numbers its changes itself; nothing else may write meanwhile. Rejects as it does, and
   * with StorageError.
   */
  async runNumbering<T>(run: Numbering<T>): Promise<T> {
    const lastChange = await this.#sureLastChange();
    // What fails may have been committed all the same.
    this.#isInDoubt = true;
    const done = await run(lastChange);
    this.lastChange = done.lastChange;
    this.#isInDoubt = false;
    return done.result;
  }

  async #sureLastChange(): Promise<number> {
    if (this.#isInDoubt) this.lastChange = await this.#storage.lastChange();
    this.#isInDoubt = false;
    return this.lastChange;
  }

  /**
   * Writes the batches that `next` gives, until it gives none, in one commit; then answers each item of
   * each, in order. One is taken in any case, so that what can't be written is refused. Never rejects:
   * it is told of.
   */
  async write(next: Next): Promise<ItemResult[][]> {
    const first = await next();
    const batches = first === null ? [] : [first];
    try {
      return await this.#writeOrRefuse(batches, next);
    } catch (error) {
      this.#events.onFailure(new StorageError("unavailable", "recording failed", { cause: error }));
      return refused(batches, INTERNAL);
    }
  }

  /**
   * What SQLite refuses is written again, each batch alone, and that in halves, so that the one bad
   * record spoils no other.
   */
  async #writeOrRefuse(batches: Item[][], next: Next = NO_MORE): Promise<ItemResult[][]> {
    try {
      return await this.#commit(batches, next);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#events.onFailure(error);
      const parts = error.kind === "unavailable" ? [] : partsOf(batches);
      if (parts.length === 0) return refused(batches, refusal(error));
      const results: ItemResult[][] = [];
      for (const part of parts) results.push(...(await this.#writeOrRefuse([part])));
      return batches.length === 1 ? [results.flat()] : results;
    }
  }

  /** Notes in `batches` what is taken: a transaction that is tried again begins with it. */
  async #commit(batches: Item[][], next: Next): Promise<ItemResult[][]> {
    const lastChange = await this.#sureLastChange();
    const done = await this.#storage.transaction(async (rows) => {
      const results: ItemResult[][] = [];
      const ended: string[] = [];
      let number = lastChange;
      for (let i = 0; ; i++) {
        const items = batches[i] ?? (await next());
        if (items === null) return { results, lastChange: number, ended };
        batches[i] = items;
        const deflated = await deflateLarge(items.flatMap(({ texts }) => texts));
        const written = writeBatch(items, rows, deflated, number);
        results.push(written.results);
        ended.push(...written.ended);
        number = written.lastChange;
      }
    });
    this.lastChange = done.lastChange;
    if (done.ended.length > 0) this.#events.onEnded?.(done.ended);
    return done.results;
  }
}

/** Gives the next batch to be written; null where there is none. */
type Next = () => Promise<Item[] | null>;

const NO_MORE: Next = async () => null;

/** Merges the items into their rows, and writes those that changed, numbered from the last change on. */
function writeBatch(
  items: Item[],
  rows: Rows,
  deflated: Map<string, Buffer>,
  lastChange: number,
): { results: ItemResult[]; lastChange: number; ended: string[] } {
  const { results, changed, texts, touched } = mergeBatch(items, rows);
  let number = lastChange;
  for (const [kind, changedRows] of changed) {
    for (const row of changedRows) row.changedSeq = ++number;
    rows.write(kind, changedRows);
  }
  if (texts.length > 0) rows.writeBlobs(missing(texts, rows, deflated));
  const ended = touched.filter(({ end }) => end).map(({ session }) => session);
  return { results, lastChange: rows.infer(touched, number), ended };
}

/** What is to be tried apart from each other; nothing of a record alone. */
function partsOf(batches: Item[][]): Item[][] {
  const [items = []] = batches;
  if (batches.length > 1) return batches;
  const half = items.length >> 1;
  return half > 0 ? [items.slice(0, half), items.slice(half)] : [];
}

function refused(batches: Item[][], error: Refusal): ItemResult[][] {
  return batches.map((items) => items.map(() => ({ ok: false, error })));
}

/** Compressing a text costs more than asking for it: most of those that come again are known. */
function missing(texts: LongText[], rows: Rows, deflated: Map<string, Buffer>): Blob[] {
  const wanted = new Map(texts.map((text) => [text.hash, text]));
  const known = rows.readBlobs([...wanted.keys()]);
  return [...wanted.values()]
    .filter(({ hash, isCut }) => !known.has(hash) || (known.get(hash) === true && !isCut))
    .map((text) => blobOf(text, deflated.get(text.hash)));
}

const INTERNAL: Refusal = { code: "INTERNAL", field: null, message: "internal error" };

function refusal(error: StorageError): Refusal {
  return error.kind === "record"
    ? { code: "INVALID", field: null, message: `the database refuses the record: ${error.message}` }
    : { code: "UNAVAILABLE", field: null, message: `the database can't be used: ${error.message}` };
}
