import { connect } from "node:net";
import { ENDPOINT, HEADERS, MAX_ANSWER, PROTOCOL_VERSION } from "@duolog/contract";
import type { ClientOptions } from "ws";

/** Where to connect and as whom. */
export interface Target {
  /** Path of the Unix socket. */
  socket: string;
  token: string;
  clientName: string;
  clientVersion: string;
}

/** What is used of a WebSocket beyond what tRPC uses. */
export interface RawSocket {
  /** Begins the closing handshake. */
  close(): void;
  /** Drops the connection without a word; missing in a plain browser-like WebSocket. */
  terminate?(): void;
}

/** What tRPC is given to make its socket with. */
export type SocketConstructor = new (url: string) => RawSocket;

/** For the closing handshake, ms; then the connection is cut. */
export const CLOSE_TIMEOUT = 500;

/** The headers of the upgrade. */
function upgradeHeaders(target: Target): Record<string, string> {
  return {
    authorization: `Bearer ${target.token}`,
    [HEADERS.protocol]: String(PROTOCOL_VERSION),
    [HEADERS.clientName]: headerValue(target.clientName),
    [HEADERS.clientVersion]: headerValue(target.clientVersion),
  };
}

/** Visible ASCII only: anything else makes the upgrade throw. */
function headerValue(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
}

/** The URL for this runtime: only Bun's WebSocket finds the socket by it. */
export function socketUrl(target: Target): string {
  return isBun() ? `ws+unix://${target.socket}:${ENDPOINT}` : `ws://localhost${ENDPOINT}`;
}

/**
 * A WebSocket class for this runtime whose instances send the headers. OpenCode runs in Bun, where
 * a bundled `ws` fails and the global WebSocket takes headers and a Unix socket; Node 20 has no
 * global one, so `ws` is loaded there, on first use.
 */
export function socketConstructor(target: Target): Promise<SocketConstructor> {
  return isBun() ? bunConstructor(target) : nodeConstructor(target);
}

function isBun(): boolean {
  return process.versions.bun !== undefined;
}

async function bunConstructor(target: Target): Promise<SocketConstructor> {
  // Bun's own second argument; the types here are Node's.
  const { WebSocket } = globalThis as unknown as {
    WebSocket: new (url: string, options: { headers: Record<string, string> }) => RawSocket;
  };
  return class extends WebSocket {
    constructor(url: string) {
      super(url, { headers: upgradeHeaders(target) });
    }
  };
}

async function nodeConstructor(target: Target): Promise<SocketConstructor> {
  const { WebSocket } = await import("ws");
  return class extends WebSocket {
    constructor(url: string) {
      super(url, nodeOptions(target));
    }
  };
}

/**
 * Masks are against proxies between browser and server; one of zeros costs neither side time. The
 * socket's path may be any, spaces and all; unref'd, an open socket never keeps the host alive.
 */
function nodeOptions(target: Target): ClientOptions & { closeTimeout: number } {
  return {
    headers: upgradeHeaders(target),
    perMessageDeflate: false,
    maxPayload: MAX_ANSWER,
    closeTimeout: CLOSE_TIMEOUT,
    generateMask: (mask) => mask.fill(0),
    createConnection: () => connect({ path: target.socket }).unref(),
  };
}
