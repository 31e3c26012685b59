import type { Context } from "@duolog/contract/server";
import { ServiceError } from "@duolog/contract/server";

/** What a connection's gate may ask of it and do to it. */
export interface Peer {
  isOpen(): boolean;
  /** Bytes of answers that it has not read. */
  unreadBytes(): number;
  drop(reason: string): void;
}

export interface GateLimits {
  callsInFlight: number;
  unreadBytes: number;
}

type Ports = Omit<Context, "caller">;

/**
 * The ports for one connection: a call beyond the limit is refused, reads run one after the other,
 * and a peer that asks without reading the answers is dropped before the next one is made.
 */
export function gatePorts(ports: Ports, peer: Peer, limits: GateLimits): Ports {
  let inFlight = 0;
  let lastRead: Promise<unknown> = Promise.resolve();

  async function pass<T>(call: () => Promise<T>): Promise<T> {
    if (inFlight >= limits.callsInFlight) throw tooMany(limits.callsInFlight);
    inFlight++;
    try {
      return await call();
    } finally {
      inFlight--;
    }
  }

  function read<T>(call: () => Promise<T>): Promise<T> {
    return pass(() => {
      const mine = lastRead.then(() => {
        if (peer.unreadBytes() > limits.unreadBytes) peer.drop("does not read its answers");
        if (!peer.isOpen()) throw GONE;
        return call();
      });
      lastRead = mine.catch(() => {});
      return mine;
    });
  }

  const { recorder, reader, reporter } = ports;
  return {
    recorder: {
      ingest: (records, source) => pass(() => recorder.ingest(records, source)),
    },
    reader: {
      getSession: (id) => read(() => reader.getSession(id)),
      listSessions: (query) => read(() => reader.listSessions(query)),
      listMessages: (query) => read(() => reader.listMessages(query)),
    },
    reporter: { health: () => read(() => reporter.health()) },
  };
}

/** Answers nobody; it ends the call. */
const GONE = new ServiceError({ code: "UNAVAILABLE", field: null, message: "disconnected" });

function tooMany(limit: number): ServiceError {
  const message = `more than ${limit} calls in flight: wait for answers, or use record.ingest`;
  return new ServiceError({ code: "UNAVAILABLE", field: null, message });
}
