import type { ItemResult } from "@duolog/contract";
import type { Item } from "./batch.ts";

/**
 * Most records, and most text (UTF-16 units), that calls share one commit for. Writing it holds up
 * everything else, 10 to 20 ms on the machine of lode/performance.md.
 */
const BATCH_RECORDS = 100;
const BATCH_TEXT = 1_000_000;
/** Most records and text that wait; a call beyond is told to come again. */
const WAITING_RECORDS = 50_000;
const WAITING_TEXT = 100_000_000;

/** A call's records, or a part of them that is no more than a batch. */
export interface Call {
  items: Item[];
  /** UTF-16 units. */
  text: number;
  answer: (results: ItemResult[]) => void;
}

/** The calls that wait to be written, first come first. */
export class CallQueue {
  readonly #waiting: Call[] = [];
  /** Of all calls that are not answered, those of the batch under way among them. */
  #records = 0;
  #text = 0;

  /** True where every call was taken. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** True where no more is to be added for now. */
  get isFull(): boolean {
    return this.#records >= WAITING_RECORDS || this.#text >= WAITING_TEXT;
  }

  /** Adds the items at once, and resolves with their answers, in order. */
  async add(items: Item[]): Promise<ItemResult[]> {
    const answers = partsOf(items).map((part) => this.#enqueue(part));
    return (await Promise.all(answers)).flat();
  }

  #enqueue(items: Item[]): Promise<ItemResult[]> {
    const text = items.reduce((sum, { length }) => sum + length, 0);
    this.#records += items.length;
    this.#text += text;
    return new Promise((answer) => {
      this.#waiting.push({ items, text, answer });
    });
  }

  /** Takes calls off the queue until they make a batch; one at least. */
  take(): Call[] {
    let records = 0;
    let text = 0;
    let count = 0;
    for (const call of this.#waiting) {
      records += call.items.length;
      text += call.text;
      if (count > 0 && (records > BATCH_RECORDS || text > BATCH_TEXT)) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** Gives the calls that were taken their answers: one for each of their items, in order. */
  answer(calls: Call[], results: ItemResult[]): void {
    let done = 0;
    for (const call of calls) {
      this.#records -= call.items.length;
      this.#text -= call.text;
      call.answer(results.slice(done, done + call.items.length));
      done += call.items.length;
    }
  }
}

/** The items in parts that are no more than a batch, in order; one of a longer text is a part alone. */
export function partsOf(items: Item[]): Item[][] {
  const parts: Item[][] = [];
  let part: Item[] = [];
  let text = 0;
  for (const item of items) {
    if (part.length > 0 && (part.length === BATCH_RECORDS || text + item.length > BATCH_TEXT)) {
      parts.push(part);
      part = [];
      text = 0;
    }
    part.push(item);
    text += item.length;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
