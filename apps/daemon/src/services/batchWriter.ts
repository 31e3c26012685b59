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

  /** Answers each item, in order, after the commit. Never rejects: it is told of. */
  write(items: Item[]): Promise<ItemResult[]> {
    return this.#writeOrRefuse(items).catch((error: unknown) => {
      this.#events.onFailure(new StorageError("unavailable", "recording failed", { cause: error }));
      return items.map((): ItemResult => ({ ok: false, error: INTERNAL }));
    });
  }

  /** Halves a batch that SQLite refuses, so that the one bad record spoils no other. */
  async #writeOrRefuse(items: Item[]): Promise<ItemResult[]> {
    try {
      return await this.#commit(items);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      this.#events.onFailure(error);
      if (error.kind === "unavailable" || items.length === 1) {
        return items.map(() => ({ ok: false, error: refusal(error) }));
      }
      const half = items.length >> 1;
      const first = await this.#writeOrRefuse(items.slice(0, half));
      return [...first, ...(await this.#writeOrRefuse(items.slice(half)))];
    }
  }

  async #commit(items: Item[]): Promise<ItemResult[]> {
    const lastChange = await this.#sureLastChange();
    const deflated = await deflateLarge(items.flatMap(({ texts }) => texts));
    const done = await this.#storage.transaction((rows) => {
      const { results, changed, texts, touched } = mergeBatch(items, rows);
      let number = lastChange;
      for (const [kind, changedRows] of changed) {
        for (const row of changedRows) row.changedSeq = ++number;
        rows.write(kind, changedRows);
      }
      if (texts.length > 0) rows.writeBlobs(missing(texts, rows, deflated));
      number = rows.infer(touched, number);
      const ended = touched.filter(({ end }) => end).map(({ session }) => session);
      return { results, lastChange: number, ended };
    });
    this.lastChange = done.lastChange;
    if (done.ended.length > 0) this.#events.onEnded?.(done.ended);
    return done.results;
  }
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
