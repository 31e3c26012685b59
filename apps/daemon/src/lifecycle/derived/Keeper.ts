import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { type IsGone, ServiceError } from "@duolog/contract/server";
import { errorDetails, type Log } from "../../log/log.ts";
import { isBusy, isDamage, StorageError, sqliteCode } from "../../storage/storageError.ts";

/** A file that is derived from the record. What goes wrong with it is thrown as SQLite and fs do. */
export interface Derived {
  /** Takes in some of what the record has up to this change; false where all of it is in. */
  turn(lastChange: number): Promise<boolean>;
  /** True where all of it is in. */
  hasAll(lastChange: number): boolean;
  close(): void;
}

/** What is kept, from what, and when. */
export interface KeeperOptions<T extends Derived> {
  /** What it is called where it fails: `search index`. */
  name: string;
  /** The command that begins it anew. */
  command: string;
  store: {
    /** Opens the file, or begins one. */
    open(lastChange: number): T;
    /** Throws it away, which nobody may have open. Throws like fs. */
    remove(): void;
  };
  /** Number of the record's last change. */
  lastChange: () => number;
  /** True while anything waits to be written, or is. */
  isWriting: () => boolean;
  log: Log;
}

/** It begins once nothing was written for so long, ms, and after so long in any case. */
const QUIET_MS = 100;
const LATEST_MS = 2_000;
/** After a start, ms: whatever else is done then goes first. */
const START_MS = 2_000;
/** It is closed once nobody needed it for so long, ms. */
const CLOSE_MS = 20_000;
/** After a failure that may be over by then (a full disk), it is tried again so much later, ms. */
const RETRY_MS = 30_000;
/** So often it is built anew without ever having been whole; then the daemon's next start may try. */
const MOST_REBUILDS = 3;
/** How often who waits for it looks, ms. */
const LOOK_MS = 20;

/** SQLite's codes of what the disk, another program or memory is to blame for: busy, memory, disk, full, open. */
const PASSING = [5, 6, 7, 8, 10, 13, 14];

/**
 * Keeps a derived file as the record is, in short turns in the daemon's own thread, each only while
 * nothing waits to be written. Whatever goes wrong with it is the file's trouble alone: it is told, and
 * the file built anew or left.
 */
export class Keeper<T extends Derived> {
  readonly #options: KeeperOptions<T>;
  #file: T | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closing: NodeJS.Timeout | null = null;
  /** Since when changes wait to be taken in. */
  #dueSince: number | null = null;
  #run: Promise<void> | null = null;
  #isAskedAgain = false;
  #isStopped = false;
  #rebuilds = 0;
  #problem: string | null = null;
  #retryAt = 0;

  constructor(options: KeeperOptions<T>) {
    this.#options = options;
  }

  /** Takes up what a daemon before left undone. */
  begin(): void {
    if (this.#options.lastChange() > 0) this.#wakeIn(START_MS);
  }

  /** To be told whenever nothing waits to be written any more. */
  rest(): void {
    const now = performance.now();
    this.#dueSince ??= now;
    const latest = this.#dueSince + LATEST_MS - now;
    this.#wakeIn(Math.max(0, Math.min(QUIET_MS, latest)));
  }

  /** Runs what asks the file. Throws ServiceError where it can't be used. */
  ask<R>(question: (file: T) => R): R {
    const file = this.#openOrFail();
    try {
      return question(file);
    } catch (error) {
      if (!isDamage(error) && !isBusy(error)) throw error;
      this.#failed(error);
      throw this.#unusable(error);
    }
  }

  #openOrFail(): T {
    try {
      return this.#open();
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      this.#failed(error);
      throw this.#unusable(error);
    }
  }

  /** Resolves when all is in that was recorded when it was called, the peer is gone, or time is up. */
  async ready(waitMs: number, isGone: IsGone): Promise<void> {
    const deadline = performance.now() + waitMs;
    const wanted = this.#options.lastChange();
    while (!this.#isStopped && !isGone() && !this.#hasAll(wanted) && performance.now() < deadline) {
      if (this.#problem !== null) return;
      this.#wakeIn(0);
      await sleep(Math.min(LOOK_MS, Math.max(1, deadline - performance.now())));
    }
  }

  /** Number of the record's last change. */
  lastChange(): number {
    return this.#options.lastChange();
  }

  /** Why the file can't be used; null where it can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** True where there is nothing that a file could be made of. */
  isEmpty(): boolean {
    return this.#options.lastChange() === 0 && this.#file === null;
  }

  /** Throws the file away and begins anew. Throws ServiceError. */
  rebuild(): void {
    this.#close();
    this.#problem = null;
    this.#retryAt = 0;
    this.#rebuilds = 0;
    try {
      this.#options.store.remove();
    } catch (error) {
      throw this.#unusable(error);
    }
    this.#options.log.info("derived file begun anew", { file: this.#options.name, why: "asked" });
    this.#wakeIn(0);
  }

  /** Ends it, between two turns; resolves once it is closed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#run;
    this.#close();
  }

  #hasAll(change: number): boolean {
    if (this.isEmpty()) return true;
    try {
      return this.ask((file) => file.hasAll(change));
    } catch (error) {
      if (error instanceof ServiceError) return true;
      throw error;
    }
  }

  #wakeIn(ms: number): void {
    if (this.#isStopped) return;
    if (this.#run) {
      this.#isAskedAgain = true;
      return;
    }
    if (this.#timer) clearTimeout(this.#timer);
    const wait = Math.max(ms, this.#retryAt - performance.now());
    this.#timer = setTimeout(() => this.#begin(), Math.min(wait, RETRY_MS)).unref();
  }

  #begin(): void {
    this.#timer = null;
    this.#isAskedAgain = false;
    this.#run = this.#runOnce();
  }

  async #runOnce(): Promise<void> {
    let failure: unknown = null;
    try {
      if (await this.#catchUp()) {
        this.#dueSince = null;
        this.#rebuilds = 0;
        this.#problem = null;
      }
    } catch (error) {
      failure = error;
    }
    this.#run = null;
    if (this.#isStopped) return;
    if (failure !== null && !(failure instanceof ServiceError)) this.#failed(failure);
    if (this.#isAskedAgain && !this.#options.isWriting()) this.#wakeIn(QUIET_MS);
    this.#closeLater();
  }

  /** Turn by turn, until all is in (then true), or something waits to be written. */
  async #catchUp(): Promise<boolean> {
    const { isWriting, lastChange } = this.#options;
    while (!this.#isStopped && !isWriting()) {
      const file = this.#open();
      try {
        if (!(await file.turn(lastChange()))) return true;
      } catch (error) {
        // One that was thrown away meanwhile may fail as it likes.
        if (file === this.#file) throw error;
      }
      await setImmediate();
    }
    return false;
  }

  #open(): T {
    if (this.#problem !== null && performance.now() < this.#retryAt) throw this.#unusable();
    this.#file ??= this.#options.store.open(this.#options.lastChange());
    this.#closeLater();
    return this.#file;
  }

  #closeLater(): void {
    if (this.#closing) this.#closing.refresh();
    else this.#closing = setTimeout(() => this.#closeAtRest(), CLOSE_MS).unref();
  }

  #closeAtRest(): void {
    if (this.#run) this.#closeLater();
    else this.#close();
  }

  #close(): void {
    if (this.#closing) clearTimeout(this.#closing);
    this.#closing = null;
    try {
      this.#file?.close();
    } catch (error) {
      const { log, name } = this.#options;
      log.warn("derived file not closed", { ...errorDetails(error), file: name });
    }
    this.#file = null;
  }

  /** Tells it once. What the disk is to blame for is tried again later, anything else built anew. */
  #failed(error: unknown): void {
    const { log, name } = this.#options;
    const isPassing = error instanceof StorageError || isOfDisk(error);
    if (this.#problem === null) {
      log.error("derived file failed", { ...errorDetails(error), file: name });
    }
    this.#close();
    this.#problem = error instanceof Error ? error.name : "failed";
    this.#retryAt = performance.now() + RETRY_MS;
    if (isPassing) this.#wakeIn(RETRY_MS);
    else if (++this.#rebuilds > MOST_REBUILDS) this.#retryAt = Number.MAX_SAFE_INTEGER;
    else this.#beginAnew();
  }

  #beginAnew(): void {
    const { log, store, name } = this.#options;
    try {
      store.remove();
      this.#retryAt = 0;
      this.#problem = null;
      log.info("derived file begun anew", { file: name, why: "damaged" });
    } catch (error) {
      log.error("derived file not removed", { ...errorDetails(error), file: name });
    }
    this.#wakeIn(0);
  }

  #unusable(cause?: unknown): ServiceError {
    const { name, command } = this.#options;
    const message = `the ${name} can't be used for now: \`${command}\` begins it anew`;
    return new ServiceError({ code: "UNAVAILABLE", field: null, message }, { cause });
  }
}

function isOfDisk(error: unknown): boolean {
  const code = sqliteCode(error);
  if (code !== null) return PASSING.includes(code);
  return typeof (error as NodeJS.ErrnoException)?.code === "string";
}
