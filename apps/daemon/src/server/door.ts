import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocketServer } from "ws";
import { tokenDigest, upgradeRefusal } from "./checkUpgrade.ts";
import type { ServerLimits } from "./limits.ts";

/** What happens at the door, for the log. None of it holds what a caller sent as content. */
export interface ServerEvents {
  /** A connection was not taken. */
  refused(reason: string): void;
  /** A connection failed, or was cut. */
  dropped(reason: string): void;
  /** A call ended in an internal error. */
  failed(error: unknown): void;
}

/**
 * The HTTP server in front of `wss`, not listening yet: it hands on the upgrades of who has the
 * token, as many as there is room for, and answers nothing else.
 */
export function createDoor(
  wss: WebSocketServer,
  token: string,
  limits: ServerLimits,
  events: ServerEvents,
): Server {
  const http = createHttp(limits);
  const expected = tokenDigest(token);
  // Where nobody listens to the second and third, Node answers by itself.
  for (const event of ["request", "checkContinue", "checkExpectation"]) {
    http.on(event, ({ socket }: IncomingMessage) => {
      // Thousands may come in one go; the first one ends the connection.
      if (!socket.destroyed) refuse(socket, 403, "no upgrade", events);
    });
  }
  http.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    events.refused(`bad request: ${error.code ?? error.name}`);
    stream.destroy();
  });
  http.on("drop", () => events.refused("too many sockets"));
  http.on("connect", (_request, stream) => refuse(stream, 403, "CONNECT", events));
  // Where nobody listens, ws answers by itself, with its reason.
  wss.on("wsClientError", ({ message }, stream) => refuse(stream, 403, message, events));
  http.on("upgrade", (request, stream, head) => {
    const reason = upgradeRefusal(request, expected);
    if (reason !== null) return refuse(stream, 403, reason, events);
    if (wss.clients.size >= limits.connections) return refuse(stream, 503, "full", events);
    wss.handleUpgrade(request, stream, head, (client) => wss.emit("connection", client, request));
  });
  return http;
}

function createHttp(limits: ServerLimits): Server {
  const http = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    // A request without one is refused like any other, by checkUpgrade.
    requireHostHeader: false,
  });
  http.maxConnections = limits.sockets;
  // Node would drop those behind the first 1,000 unseen; their bytes are limited.
  http.maxHeadersCount = 0;
  return http;
}

function refuse(stream: Duplex, status: 403 | 503, reason: string, events: ServerEvents): void {
  events.refused(reason);
  // A peer that is gone already is no failure of ours.
  stream.on("error", () => stream.destroy());
  const text = status === 403 ? "Forbidden" : "Service Unavailable";
  const answer = `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  stream.write(answer);
  // At once: a peer that keeps its side open, or goes on sending, must not keep a place here.
  stream.destroy();
}
