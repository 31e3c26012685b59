import { setImmediate, setTimeout } from "node:timers/promises";
import { appRouter } from "@duolog/contract/server";
import { getWSConnectionHandler } from "@trpc/server/adapters/ws";
import { type WebSocket, WebSocketServer } from "ws";
import { callerOf } from "./caller.ts";
import { CallGate, type Peer, type Ports } from "./callGate.ts";
import { createDoor, type ServerEvents } from "./door.ts";
import { Intake } from "./intake.ts";
import { SERVER_LIMITS, type ServerLimits } from "./limits.ts";
import { listenOn } from "./listen.ts";
import { meterFrames } from "./meter.ts";
import { Turns } from "./turns.ts";
import { UnreadAnswers } from "./unreadAnswers.ts";

/** Where to listen, whom to let in, and what answers. */
export interface ServerOptions {
  /** Path of the Unix socket. */
  socket: string;
  token: string;
  ports: Ports;
  events: ServerEvents;
  limits?: Partial<ServerLimits>;
}

/** A server that listens. */
export interface Server {
  /** WebSocket connections that are open. */
  connections(): number;
  /** Reads no more calls, and resolves when those that were read are begun: they are answered. */
  pause(): Promise<void>;
  /** Closes all connections, within `ms`. */
  close(ms: number): Promise<void>;
  /** Cuts all connections; the socket's path, which may be another's by now, is not touched. */
  abandon(): void;
}

/**
 * Serves the router over WebSocket on a Unix socket, to who has the token. Rejects with an Error
 * where another program listens there or the path is something else's.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { socket, token, events } = options;
  const limits = { ...SERVER_LIMITS, ...options.limits };
  const wss = createSocketServer(limits);
  const http = createDoor(wss, token, limits, events);
  const allBegun = serveCalls(wss, limits, options);
  await listenOn(http, socket);

  return {
    connections: () => wss.clients.size,
    pause() {
      http.close();
      for (const client of wss.clients) client.pause();
      return allBegun();
    },
    async close(ms) {
      await setImmediate();
      for (const client of wss.clients) {
        client.resume();
        client.close(1001);
      }
      await Promise.race([allClosed(wss), setTimeout(ms, undefined, { ref: false })]);
      for (const client of wss.clients) client.terminate();
      http.closeAllConnections();
    },
    abandon() {
      http.unref();
      for (const client of wss.clients) client.terminate();
    },
  };
}

/**
 * Answers the calls of each connection, through a gate of its own. The function that comes back
 * resolves when all calls that were read are begun.
 */
function serveCalls(
  wss: WebSocketServer,
  limits: ServerLimits,
  options: ServerOptions,
): () => Promise<void> {
  const { ports, events } = options;
  const begun = new Map<WebSocket, () => Promise<void>>();
  const gates = new WeakMap<WebSocket, CallGate>();
  const told = new WeakSet<object>();
  const intake = new Intake(limits.unservedBytes);
  const turns = new Turns(limits.answersAtOnce);
  const unreadAnswers = new UnreadAnswers(limits.unreadBytes);
  const serve = getWSConnectionHandler({
    wss,
    router: appRouter,
    // It answers a text PING past all limits, and no client of ours sends one.
    dangerouslyDisablePong: true,
    createContext: ({ req, res }) => ({
      caller: callerOf(req.headers),
      ...gateOf(gates, res).guard(ports),
    }),
    onError: ({ error }) => {
      const isPeers = error.cause !== undefined && told.has(error.cause);
      if (error.code === "INTERNAL_SERVER_ERROR" && !isPeers) events.failed(error);
    },
  });
  wss.on("connection", (client, request) => {
    client.on("error", (error) => {
      told.add(error);
      events.dropped(reasonOf(error));
    });
    const unread = { atEase: limits.unreadAtEase, patienceMs: limits.unreadMs };
    const peer = peerOf(client, events);
    const gate = new CallGate(peer, unread, turns);
    gates.set(client, gate);
    sendBytes(client, () => {
      unreadAnswers.sent(peer);
      void gate.untilRead();
    });
    serve(client, request);
    answerPings(client, gate, limits);
    const share = intake.open(client, request.socket, (reason) => gate.drop(reason));
    begun.set(client, meterFrames(client, gate, share, limits));
    client.once("close", () => begun.delete(client));
  });
  return async () => {
    await Promise.all([...begun.values()].map((isBegun) => isBegun()));
  };
}

/**
 * Sends texts as their bytes: of a text Node keeps three times as many until the peer has read it.
 * Calls `isUnread` where that is not at once.
 */
function sendBytes(client: WebSocket, isUnread: () => void): void {
  const send: (data: Buffer, options: { binary: boolean }) => void = client.send.bind(client);
  client.send = (text: string) => {
    send(Buffer.from(text), { binary: false });
    if (client.bufferedAmount > 0) isUnread();
  };
}

/** The types of ws lack `maxBufferedChunks`. */
type SocketServerOptions = ConstructorParameters<typeof WebSocketServer>[0];

function createSocketServer(limits: ServerLimits): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytes,
    perMessageDeflate: false,
    autoPong: false,
    maxFragments: limits.fragments,
    maxBufferedChunks: limits.bufferedChunks,
  } as SocketServerOptions);
}

/** As ws would, but for the log: it cuts who reads no pongs without a word. */
function answerPings(client: WebSocket, gate: CallGate, limits: ServerLimits): void {
  let unread = 0;
  client.on("ping", (data) => {
    if (client.readyState !== client.OPEN) return;
    if (unread >= limits.unreadPongs) return gate.drop("does not read its pongs");
    unread++;
    client.pong(data, false, () => {
      unread--;
    });
  });
}

function gateOf(gates: WeakMap<WebSocket, CallGate>, client: WebSocket): CallGate {
  const gate = gates.get(client);
  if (!gate) throw new Error("a connection without its gate");
  return gate;
}

function peerOf(client: WebSocket, events: ServerEvents): Peer {
  return {
    isOpen: () => client.readyState === client.OPEN,
    isGone: () => client.readyState === client.CLOSED,
    unreadBytes: () => client.bufferedAmount,
    drop(reason) {
      events.dropped(reason);
      client.terminate();
    },
  };
}

async function allClosed(wss: WebSocketServer): Promise<void> {
  const closing = [...wss.clients].map(
    (client) => new Promise((resolve) => client.once("close", resolve)),
  );
  await Promise.all(closing);
}

/** A code only: messages of ws may quote the peer. */
function reasonOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name;
}
