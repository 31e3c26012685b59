import type { Context } from "@duolog/contract/server";
import { ServiceError } from "@duolog/contract/server";

/** What a connection's gate may ask of it and do to it. */
export interface Peer {
  isOpen(): boolean;
  /** Bytes of answers that it has not read. */
  unreadBytes(): number;
  drop(reason: string): void;
}

export type Ports = Omit<Context, "caller">;

/**
 * The ports for one connection. It counts the calls that wait for their answers; reads run one
 * after the other, and a peer that asks without reading is dropped before the next one is made.
 */
export class CallGate {
  readonly #peer: Peer;
  readonly #unreadLimit: number;
  #inFlight = 0;
  #lastRead: Promise<unknown> = Promise.resolve();
  #waiting: { below: number; go: () => void } | null = null;

  constructor(peer: Peer, unreadLimit: number) {
    this.#peer = peer;
    this.#unreadLimit = unreadLimit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves when fewer than `limit` calls wait for their answers. For one waiter at a time. */
  whenBelow(limit: number): Promise<void> {
    if (this.#inFlight < limit) return Promise.resolve();
    return new Promise((go) => {
      this.#waiting = { below: limit, go };
    });
  }

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
      const mine = this.#lastRead.then(() => {
        this.#checkPeer();
        return call();
      });
      this.#lastRead = mine.catch(() => {});
      return mine;
    });
  }

  #checkPeer(): void {
    const peer = this.#peer;
    if (peer.isOpen() && peer.unreadBytes() > this.#unreadLimit) {
      peer.drop("does not read its answers");
    }
    if (!peer.isOpen()) throw GONE;
  }
}

/** Answers nobody; it ends the call. */
const GONE = new ServiceError({ code: "UNAVAILABLE", field: null, message: "disconnected" });
