import { Worker } from "node:worker_threads";
import type { Found } from "./found.ts";

/** What the thread may take, MB: a text that takes more is one that can't be scanned. */
const MOST_MEMORY_MB = 256;
/** All chunks of the bundle lie beside it (build.mjs). */
const WORKER = new URL("./secretsWorker.js", import.meta.url);

/**
 * Looks for secrets in texts in a thread of its own, so that no text, hostile as it may be, holds this
 * process up. Does not keep the process alive while nothing is being scanned.
 */
export class Scanner {
  readonly #file: URL;
  #worker: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();

  /** @param file the built thread, for who does not run from the bundle */
  constructor(file = WORKER) {
    this.#file = file;
  }

  /**
   * The secrets in a text, in order; null where that took longer than `limitMs`, counted from its own
   * turn, or more memory than it may. Rejects where the thread can't be started.
   */
  async find(text: string, limitMs: number): Promise<Found[] | null> {
    return (await this.findAll([text], limitMs))?.[0] ?? null;
  }

  /** As `find` for several texts at once, which many small ones are quicker by; null where one of them is. */
  findAll(texts: string[], limitMs: number): Promise<Found[][] | null> {
    const turn = this.#last.then(() => this.#ask(texts, limitMs));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Ends the thread; the next text starts another. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  async #ask(texts: string[], limitMs: number): Promise<Found[][] | null> {
    if (limitMs <= 0) return null;
    const worker = await this.#started();
    worker.ref();
    const found = await answer(worker, texts, limitMs);
    if (found === null) await this.close();
    else worker.unref();
    return found;
  }

  async #started(): Promise<Worker> {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(this.#file, {
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
    });
    await new Promise<void>((resolve, reject) => {
      worker.once("online", resolve);
      worker.once("error", reject);
    });
    worker.on("error", () => {});
    worker.once("exit", () => {
      if (this.#worker === worker) this.#worker = null;
    });
    this.#worker = worker;
    return worker;
  }
}

function answer(worker: Worker, texts: string[], limitMs: number): Promise<Found[][] | null> {
  return new Promise((resolve) => {
    const done = (found: Found[][] | null) => {
      clearTimeout(timer);
      worker.off("message", done);
      worker.off("error", failed);
      resolve(found);
    };
    // Out of memory, for one.
    const failed = () => done(null);
    const timer = setTimeout(failed, limitMs);
    worker.on("message", done);
    worker.on("error", failed);
    worker.postMessage(texts);
  });
}
