import { setImmediate, setTimeout } from "node:timers/promises";
import type { Context } from "@duolog/contract/server";
import { ServiceError } from "@duolog/contract/server";
import type { Turns } from "./turns.ts";

/** What a connection's gate may ask of it and do to it. */
export interface Peer {
  isOpen(): boolean;
  /** Whether nothing is left of it: what it has not read is kept until then. */
  isGone(): boolean;
  /** Bytes of answers that it has not read. */
  unreadBytes(): number;
  /** Cuts the connection; the reason is for the log. */
  drop(reason: string): void;
}

/** The ports behind the router, whoever calls. */
export type Ports = Omit<Context, "caller">;

/** What a peer may leave unread, bytes, and for how long its calls wait for it, ms. */
export interface Unread {
  atEase: number;
  patienceMs: number;
}

/** How often a peer that has not read is looked at, ms. */
const LOOK_MS = 20;

/**
 * The ports for one connection. It counts the calls that wait for their answers; reads run one
 * after the other, each only once its peer has read what it was answered before, so that one that
 * asks without reading costs the memory of one answer. It is dropped when it keeps to that. Reads
 * of all connections take `turns`, each until its answer is sent.
 */
export class CallGate {
  readonly #peer: Peer;
  readonly #unread: Unread;
  readonly #turns: Turns;
  #inFlight = 0;
  #lastRead: Promise<void> = Promise.resolve();
  #reading: Promise<void> | null = null;
  #waiting: { below: number; go: () => void } | null = null;

  constructor(peer: Peer, unread: Unread, turns: Turns) {
    this.#peer = peer;
    this.#unread = unread;
    this.#turns = turns;
  }

  /** Calls that wait for their answers. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Cuts the connection; the reason is for the log. */
  drop(reason: string): void {
    this.#peer.drop(reason);
  }

  /** Whether fewer than `limit` calls wait for their answers, and the peer has read what it was sent. */
  isFree(limit: number): boolean {
    return this.#inFlight < limit && this.#hasRead();
  }

  /** Resolves when that is so, or the peer is gone. For one waiter at a time. */
  async whenFree(limit: number): Promise<void> {
    await this.#whenBelow(limit);
    await this.untilRead();
  }

  /** Resolves when the peer has read what it was sent, or is gone: one that does not is dropped. */
  async untilRead(): Promise<void> {
    if (this.#hasRead()) return;
    this.#reading ??= this.#lookUntilRead();
    await this.#reading;
  }

  /** The ports behind this gate. A read rejects with ServiceError once its peer is gone. */
  guard(ports: Ports): Ports {
    const { recorder, reader, questions, searcher, usageReporter, reporter, maintainer } = ports;
    const isGone = () => !this.#peer.isOpen();
    return {
      recorder: {
        ingest: (records, source) => this.#pass(() => recorder.ingest(records, source)),
      },
      reader: {
        getSession: (id) => this.#read(() => reader.getSession(id)),
        listSessions: (query) => this.#read(() => reader.listSessions(query)),
        listRows: (kind, query) => this.#read(() => reader.listRows(kind, query)),
      },
      questions: {
        findSession: (query) => this.#read(() => questions.findSession(query)),
        sessionTree: (ids, signal) => this.#ask(() => questions.sessionTree(ids, signal)),
        listTools: (filter, signal) => this.#ask(() => questions.listTools(filter, signal)),
        listFiles: (limit, signal) => this.#ask(() => questions.listFiles(limit, signal)),
        fileCalls: (query, signal) => this.#ask(() => questions.fileCalls(query, signal)),
        listProjects: (limit, signal) => this.#ask(() => questions.listProjects(limit, signal)),
      },
      searcher: {
        ready: (waitMs) => this.#pass(() => searcher.ready(waitMs, isGone)),
        // Who waits for the index keeps nobody else from reading.
        find: (query) =>
          this.#pass(async () => {
            await searcher.ready(query.waitMs, isGone);
            return this.#inTurn(() => searcher.find(query, isGone));
          }),
        state: () => this.#read(() => searcher.state()),
        rebuild: () => this.#pass(() => searcher.rebuild()),
      },
      usageReporter: {
        catchUp: (waitMs) => this.#pass(() => usageReporter.catchUp(waitMs, isGone)),
        report: (query) => this.#read(() => usageReporter.report(query)),
        blocks: (query) => this.#read(() => usageReporter.blocks(query)),
      },
      // Short, and asked for where nothing else is answered.
      reporter: { health: () => this.#pass(() => reporter.health()) },
      maintainer: {
        lookAgain: (sessions) => this.#pass(() => maintainer.lookAgain(sessions)),
        backfillSource: (dryRun) => this.#pass(() => maintainer.backfillSource(dryRun)),
        repair: (file) => this.#pass(() => maintainer.repair(file)),
      },
    };
  }

  async #pass<T>(call: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    try {
      return await call();
    } finally {
      this.#inFlight--;
      this.#wake();
    }
  }

  #whenBelow(limit: number): Promise<void> {
    if (this.#inFlight < limit) return Promise.resolve();
    return new Promise((go) => {
      this.#waiting = { below: limit, go };
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    if (!waiting || this.#inFlight >= waiting.below) return;
    this.#waiting = null;
    waiting.go();
  }

  #read<T>(call: () => Promise<T>): Promise<T> {
    return this.#pass(() => this.#inTurn(call));
  }

  /** A read that may take long and has a short answer: it lets others' reads pass. */
  #ask<T>(call: () => Promise<T>): Promise<T> {
    return this.#pass(() => this.#inOrder(call, null));
  }

  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    return this.#inOrder(call, this.#turns);
  }

  #inOrder<T>(call: () => Promise<T>, turns: Turns | null): Promise<T> {
    const answer = this.#lastRead.then(async () => {
      await turns?.begin();
      if (!this.#peer.isOpen()) throw GONE;
      return call();
    });
    this.#lastRead = this.#whenRead(answer.then(forget, forget), turns);
    return answer;
  }

  /** Resolves when the peer has read the answer that is to be `made`, or is gone. */
  async #whenRead(made: Promise<void>, turns: Turns | null): Promise<void> {
    await made;
    // Then it is sent.
    await setImmediate();
    turns?.end();
    await this.untilRead();
  }

  #hasRead(): boolean {
    return this.#peer.unreadBytes() <= this.#unread.atEase;
  }

  async #lookUntilRead(): Promise<void> {
    const deadline = performance.now() + this.#unread.patienceMs;
    while (!this.#peer.isGone() && !this.#hasRead()) {
      if (performance.now() > deadline) {
        this.#peer.drop("does not read its answers");
        break;
      }
      await setTimeout(LOOK_MS);
    }
    this.#reading = null;
  }
}

/** An answer is not to be held in memory while it waits to be read. */
function forget(): void {}

/** Answers nobody; it ends the call. */
const GONE = new ServiceError({ code: "UNAVAILABLE", field: null, message: "disconnected" });
