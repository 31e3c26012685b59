import { MAX_FRAME } from "@duolog/contract";

/** What one caller, or all of them, may take of the daemon. */
export interface ServerLimits {
  /** WebSocket connections; one more is answered 503. */
  connections: number;
  /** Connections of any kind; one more is dropped. */
  sockets: number;
  /** For all headers of a request, ms. */
  headersMs: number;
  /** Bytes of all headers. */
  headerBytes: number;
  /** Bytes of a frame, or of a message in fragments. */
  frameBytes: number;
  /** Bytes of messages that are not whole, or wait for their turn, of all connections together. */
  unservedBytes: number;
  /** Arrays, objects and commas of a frame: 20,000 records of 40 fields. */
  frameParts: number;
  /** Fragments of a message, and chunks that wait to be parsed. */
  fragments: number;
  bufferedChunks: number;
  /** Calls of one connection that wait for their answers; until one is made, no more are read. */
  callsInFlight: number;
  /** Bytes of answers that a peer has not read; above them nothing more of it is served, and after so long (ms) it is dropped. */
  unreadAtEase: number;
  unreadMs: number;
  /** Answers with rows that are made at a time, for all connections. */
  answersAtOnce: number;
  /** Bytes of answers that are not read, of all connections together. */
  unreadBytes: number;
  /** Answers to WebSocket's own pings that a peer has not read; at one more it is dropped. */
  unreadPongs: number;
}

/** What holds where `startServer` is told nothing else. */
export const SERVER_LIMITS: ServerLimits = {
  connections: 600,
  sockets: 1_000,
  headersMs: 3_000,
  headerBytes: 8 * 1024,
  frameBytes: MAX_FRAME,
  unservedBytes: 64 * 1024 * 1024,
  frameParts: 1_000_000,
  fragments: 256,
  bufferedChunks: 8_192,
  callsInFlight: 32,
  unreadAtEase: 1024 * 1024,
  unreadMs: 10_000,
  answersAtOnce: 4,
  unreadBytes: 32 * 1024 * 1024,
  unreadPongs: 60,
};
