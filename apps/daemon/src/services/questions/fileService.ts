import { setImmediate } from "node:timers/promises";
import type {
  FileCall,
  FileCalls,
  FileCallsQuery,
  FileList,
  FileQuestions,
  FileSummary,
} from "@duolog/contract/server";
import { ServiceError } from "@duolog/contract/server";
import { EVERYTHING, type Narrow } from "../../storage/questions/narrow.ts";
import type { Reads } from "../../storage/record/reads.ts";
import { FILES_AT_ONCE, type Touch } from "../../storage/search/touchedFiles.ts";
import { answering } from "../readService.ts";
import type { IndexKeeper } from "../search/searchService.ts";
import { familiesOf } from "./asked.ts";
import { fileQuestion, summaryOf } from "./files.ts";

/** How long the index is waited for, ms. */
const WAIT_MS = 2_000;
/** Calls of a file that are counted, the newest. */
const COUNTED = 1_000;
/** What a question takes at most, ms; then it tells where it goes on. */
const PATIENCE_MS = 2_000;

/** A place before which all touches are. */
type Before = readonly [at: number, call: number];
const THE_END: Before = [Number.MAX_SAFE_INTEGER, 0];
/** Touches read at once, at least. */
const AT_LEAST = 100;

interface Told {
  place: Before;
  call: FileCall;
}

/** Answers about files, from the index and the rows that it names. */
export function createFileService(keeper: IndexKeeper, storage: Reads): FileQuestions {
  const files = new FileService(keeper, storage);
  return {
    listFiles: (limit, signal) => answering(() => files.list(limit, signal)),
    fileCalls: (query, signal) => answering(() => files.calls(query, signal)),
  };
}

class FileService {
  readonly #keeper: IndexKeeper;
  readonly #storage: Reads;

  constructor(keeper: IndexKeeper, storage: Reads) {
    this.#keeper = keeper;
    this.#storage = storage;
  }

  async list(limit: number, signal?: AbortSignal): Promise<FileList> {
    const complete = await this.#ready(signal);
    const latest = await this.#latest(signal);
    const wanted = [...latest].sort(([, a], [, b]) => b - a).slice(0, limit);
    const ids = wanted.map(([id]) => id);
    const names = this.#keeper.ask(({ touched }) => touched.names(ids));
    const files: FileSummary[] = [];
    for (const id of ids) {
      signal?.throwIfAborted();
      files.push(await this.#summary(id, names.get(id) ?? ""));
      await setImmediate();
    }
    return { files, complete };
  }

  async #summary(id: number, path: string): Promise<FileSummary> {
    const touches = this.#keeper.ask(({ touched }) => touched.touches([id], THE_END, COUNTED));
    const keys = touches.map(([, call]) => call);
    const calls = await this.#storage.readCalls(keys, EVERYTHING);
    return summaryOf(path, calls, touches.length === COUNTED);
  }

  /** When each file was touched last. */
  async #latest(signal?: AbortSignal): Promise<Map<number, number>> {
    const latest = new Map<number, number>();
    let page = this.#keeper.ask(({ touched }) => touched.latest(null));
    for (;;) {
      for (const [file, at] of page.files) latest.set(file, Math.max(at, latest.get(file) ?? 0));
      const { next } = page;
      if (next === null) return latest;
      await setImmediate();
      signal?.throwIfAborted();
      page = this.#keeper.ask(({ touched }) => touched.latest(next));
    }
  }

  async calls(query: FileCallsQuery, signal?: AbortSignal): Promise<FileCalls> {
    const { path, limit, cursor, ...filter } = query;
    let before = decode(cursor);
    const complete = await this.#ready(signal);
    const narrow = fileQuestion(filter, await familiesOf(this.#storage, filter));
    const files = this.#keeper.ask(({ touched }) => touched.filesAt(path));
    const deadline = performance.now() + PATIENCE_MS;
    const told: Told[] = [];
    for (;;) {
      const touches = await this.#newest(files, before, Math.max(limit, AT_LEAST), signal);
      const last = touches.at(-1);
      told.push(...(await this.#told(touches, narrow)));
      const calls = told.slice(0, pageEnd(told, limit));
      const end = calls.at(-1);
      if (end && calls.length < told.length) return page(calls, complete, end.place);
      if (!last) return page(calls, complete, null);
      before = placeOf(last);
      if (performance.now() > deadline) return page(calls, complete, before);
    }
  }

  /** The newest touches of files before a place; those of one call are not parted. */
  async #newest(
    files: number[],
    before: Before,
    limit: number,
    signal?: AbortSignal,
  ): Promise<Touch[]> {
    const found: Touch[] = [];
    for (let start = 0; start < files.length; start += FILES_AT_ONCE) {
      signal?.throwIfAborted();
      const some = files.slice(start, start + FILES_AT_ONCE);
      found.push(...this.#keeper.ask(({ touched }) => touched.touches(some, before, limit)));
      await setImmediate();
    }
    const sorted = found.sort((a, b) => b[0] - a[0] || b[1] - a[1]);
    const [, last] = sorted[limit - 1] ?? [];
    return sorted.filter(([, call], i) => i < limit || call === last);
  }

  async #told(touches: Touch[], narrow: Narrow): Promise<Told[]> {
    const keys = [...new Set(touches.map(([, call]) => call))];
    const rows = await this.#storage.readCalls(keys, narrow);
    const calls = new Map(rows.map(({ key, ...call }) => [key, call]));
    const files = touches.map(([, , file]) => file);
    const names = this.#keeper.ask(({ touched }) => touched.names(files));
    return touches.flatMap((touch) => {
      const [, key, file] = touch;
      const call = calls.get(key);
      if (!call) return [];
      return [{ place: placeOf(touch), call: { path: names.get(file) ?? "", ...call } }];
    });
  }

  /** Waits for the index a while; whether it has all. */
  async #ready(signal?: AbortSignal): Promise<boolean> {
    await this.#keeper.ready(WAIT_MS, () => signal?.aborted === true);
    return this.#keeper.behind() === 0;
  }
}

function placeOf([at, call]: Touch): Before {
  return [at, call];
}

/** Where a page of so many ends: the files of one call are not parted. */
function pageEnd(told: Told[], limit: number): number {
  const last = told[limit - 1]?.place;
  if (!last) return told.length;
  const next = told.findIndex(({ place }, i) => i >= limit && place[1] !== last[1]);
  return next < 0 ? told.length : next;
}

function page(told: Told[], complete: boolean, next: Before | null): FileCalls {
  return { calls: told.map(({ call }) => call), complete, nextCursor: next && encode(next) };
}

function encode(position: Before): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function decode(cursor: string | undefined): Before {
  if (cursor === undefined) return THE_END;
  try {
    const [at, call] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Number.isSafeInteger(at) && Number.isSafeInteger(call)) return [at, call];
  } catch {
    // Told below.
  }
  throw new ServiceError({ code: "INVALID", field: "cursor", message: "cursor: not one of ours" });
}
