import { setTimeout } from "node:timers/promises";
import type { Context } from "@duolog/contract/server";
import { ServiceError } from "@duolog/contract/server";

/** What a connection's gate may ask of it and do to it. */
export interface Peer {
  isOpen(): boolean;
  /** Bytes of answers that it has not read. */
  unreadBytes(): number;
  /** Cuts the connection; the reason is for the log. */
  drop(reason: string): void;
}

/** The ports behind the router, whoever calls. */
export type Ports = Omit<Context, "caller">;

/** What a peer may leave unread, bytes, and for how long a read waits for it, ms. */
export interface Unread {
  atEase: number;
  patienceMs: number;
}

/** How often a peer that has not read is looked at, ms. */
const LOOK_MS = 20;

/**
 * The ports for one connection. It counts the calls that wait for their answers; reads run one
 * after the other, each only once its peer has read what it was answered before, so that one that
 * asks without reading costs the memory of one answer. It is dropped when it keeps to that.
 */
export class CallGate {
  readonly #peer: Peer;
  readonly #unread: Unread;
  #inFlight = 0;
  #lastRead: Promise<unknown> = Promise.resolve();
  #waiting: { below: number; go: () => void } | null = null;

  constructor(peer: Peer, unread: Unread) {
    this.#peer = peer;
    this.#unread = unread;
  }

  /** Calls that wait for their answers. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Cuts the connection; the reason is for the log. */
  drop(reason: string): void {
    this.#peer.drop(reason);
  }

  /** Resolves when fewer than `limit` calls wait for their answers. For one waiter at a time. */
  whenBelow(limit: number): Promise<void> {
    if (this.#inFlight < limit) return Promise.resolve();
    return new Promise((go) => {
      this.#waiting = { below: limit, go };
    });
  }

  /**
   * The ports behind this gate, all but `maintainer`. A read rejects with ServiceError once its peer
   * is gone.
   */
  guard(ports: Ports): Ports {
    const { recorder, reader, reporter } = ports;
    return {
      ...ports,
      recorder: {
        ingest: (records, source) => this.#pass(() => recorder.ingest(records, source)),
      },
      reader: {
        getSession: (id) => this.#read(() => reader.getSession(id)),
        listSessions: (query) => this.#read(() => reader.listSessions(query)),
        listMessages: (query) => this.#read(() => reader.listMessages(query)),
      },
      reporter: { health: () => this.#read(() => reporter.health()) },
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

  #wake(): void {
    const waiting = this.#waiting;
    if (!waiting || this.#inFlight >= waiting.below) return;
    this.#waiting = null;
    waiting.go();
  }

  #read<T>(call: () => Promise<T>): Promise<T> {
    return this.#pass(() => {
      const mine = this.#lastRead.then(async () => {
        await this.#untilRead();
        return call();
      });
      this.#lastRead = mine.catch(() => {});
      return mine;
    });
  }

  async #untilRead(): Promise<void> {
    const { atEase, patienceMs } = this.#unread;
    const peer = this.#peer;
    const deadline = performance.now() + patienceMs;
    while (peer.isOpen() && peer.unreadBytes() > atEase) {
      if (performance.now() > deadline) peer.drop("does not read its answers");
      else await setTimeout(LOOK_MS);
    }
    if (!peer.isOpen()) throw GONE;
  }
}

/** Answers nobody; it ends the call. */
const GONE = new ServiceError({ code: "UNAVAILABLE", field: null, message: "disconnected" });
