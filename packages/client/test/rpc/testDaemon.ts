// A real tRPC server over WebSocket on the data directory's socket, with the contract's own router
// and ports in memory. Imported by tests, or bundled and run as the `daemon` of runtime.json.
import { appendFileSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { createServer } from "node:http";
import { join } from "node:path";
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import {
  type ErrorCode,
  HEADERS,
  type IngestRecord,
  type ItemResult,
  MAX_FRAME,
  type Refusal,
} from "@duolog/contract";
import { appRouter, type Context, ServiceError } from "@duolog/contract/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { type WebSocket, WebSocketServer } from "ws";
import { dataPaths, ensureDataDir, ensureToken } from "../../src/local/index.ts";

/** A refusal as the service gives it. */
export const refusal = (code: ErrorCode): Refusal => ({
  code,
  field: null,
  message: `test: ${code}`,
});

/** How the daemon behaves; may be changed while it runs. */
export interface Behaviour {
  /** The protocol it believes its clients speak. */
  protocol?: number | undefined;
  /** HTTP status that refuses upgrades. */
  refuseWith?: number | undefined;
  /** Never answers. */
  hang?: boolean;
  /** A frame sent to whoever connects. */
  greet?: string;
  /** The frame that answers a call, in place of an answer; `ID` in it stands for the call's id. */
  garble?: string;
  maxPayload?: number;
  /** A file that gets the ids that were answered. */
  log?: string;
  /** Answers for records that are not to be stored; may throw. */
  answer?: ((records: IngestRecord[]) => ItemResult[] | undefined) | undefined;
}

/** Starts listening. */
export async function startTestDaemon(root: string, behaviour: Behaviour = {}) {
  const paths = dataPaths(root);
  ensureDataDir(paths);
  const token = ensureToken(paths);
  const seen = {
    upgrades: [] as { url: string | undefined; headers: IncomingHttpHeaders }[],
    batches: [] as number[],
    frames: [] as number[],
    inFlight: 0,
    mostInFlight: 0,
  };
  const rows = new Map<string, string>();

  const store = (record: IngestRecord): ItemResult => {
    const sessionId = record.kind === "message" ? record.data.sessionId : null;
    const key = JSON.stringify([record.kind, sessionId, record.data.id]);
    const content = JSON.stringify(record.data);
    const changed = rows.get(key) !== content;
    rows.set(key, content);
    return { ok: true, changed };
  };

  const ingest = async (records: IngestRecord[]) => {
    seen.batches.push(records.length);
    seen.inFlight += 1;
    seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
    try {
      // Another call may come before the answer, as with the real daemon.
      await setImmediate();
      if (behaviour.hang) await sleep(60_000, undefined, { ref: false });
      const answers = behaviour.answer?.(records);
      const results = records.map((record, i) => answers?.[i] ?? store(record));
      if (behaviour.log)
        appendFileSync(behaviour.log, records.map((r) => `${r.data.id}\n`).join(""));
      return results;
    } finally {
      seen.inFlight -= 1;
    }
  };

  const createContext = ({ req }: { req: IncomingMessage }): Context => ({
    caller: {
      clientName: String(req.headers[HEADERS.clientName]),
      clientVersion: String(req.headers[HEADERS.clientVersion]),
      protocol: behaviour.protocol ?? Number(req.headers[HEADERS.protocol] ?? 1),
    },
    recorder: { ingest },
    reader: {
      getSession: async (id) =>
        JSON.parse(rows.get(JSON.stringify(["session", null, id])) ?? "null"),
      listSessions: async () => ({ items: [], nextCursor: null }),
      listRows: async () => {
        throw new ServiceError(refusal("NOT_FOUND"));
      },
    },
    questions: {
      findSession: async () => ({ session: null, candidates: [] }),
      sessionTree: async () => ({ sessions: [], agents: [], complete: true }),
      listTools: async () => ({ tools: [], complete: true }),
      listProjects: async () => [],
      listFiles: async () => ({ files: [], complete: true }),
      fileCalls: async () => ({ calls: [], complete: true, nextCursor: null }),
    },
    searcher: {
      ready: async () => {},
      find: async () => ({ hits: [], complete: true, behind: 0, nextCursor: null }),
      state: async () => NO_INDEX,
      rebuild: async () => NO_INDEX,
    },
    usageReporter: {
      catchUp: async () => ({ sessions: 0, isSure: true, unpriced: 0 }),
      report: async () => {
        throw new ServiceError(refusal("UNAVAILABLE"));
      },
      blocks: async () => [],
    },
    reporter: { health: async () => health(root, rows.size) },
    maintainer: {
      lookAgain: async () => ({ asked: false }),
      backfillSource: async (dryRun) => ({ dryRun, backup: null, set: [], left: [] }),
      repair: async () => ({ backup: "", added: 0, changed: 0, removed: 0 }),
    },
  });

  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: behaviour.maxPayload ?? MAX_FRAME,
  });
  const handler = applyWSSHandler({ wss, router: appRouter, createContext });
  const http = createServer();
  http.on("upgrade", (req, socket, head) => {
    seen.upgrades.push({ url: req.url, headers: req.headers });
    const allowed = req.headers.authorization === `Bearer ${token}`;
    const status = behaviour.refuseWith ?? (allowed ? null : 401);
    if (status) return socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\n\r\n`);
    wss.handleUpgrade(req, socket, head, (ws) => {
      ws.on("message", (data) =>
        seen.frames.push(Buffer.isBuffer(data) ? data.length : Number.NaN),
      );
      if (behaviour.garble) return garble(ws, behaviour.garble);
      wss.emit("connection", ws, req);
      if (behaviour.greet) ws.send(behaviour.greet);
    });
  });
  rmSync(paths.socket, { force: true });
  await new Promise<void>((resolve) => http.listen(paths.socket, resolve));
  http.unref();

  const stop = async () => {
    for (const ws of wss.clients) ws.terminate();
    handler.broadcastReconnectNotification();
    await new Promise((resolve) => http.close(resolve));
    rmSync(paths.socket, { force: true });
  };
  return { behaviour, seen, rows, [Symbol.asyncDispose]: stop };
}

function garble(ws: WebSocket, frame: string): void {
  ws.on("message", (data) => {
    const { id } = JSON.parse(String(data)) as { id?: number };
    if (id !== undefined) ws.send(frame.replace("ID", String(id)));
  });
}

function health(dataDir: string, sessions: number) {
  const counts = { sessions, messages: 0, unattributed: 0, rejected: 0 };
  const versions = { version: "test", protocol: 2, oldestProtocol: 1 };
  return { ...versions, ...counts, pid: process.pid, startedAt: 0, dataDir };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const root = process.env.DUOLOG_DATA_DIR ?? "";
  appendFileSync(join(root, "starts"), `${process.pid}\n`);
  await sleep(300); // A real one migrates first.
  await startTestDaemon(root, { log: join(root, "stored") });
  setInterval(() => {}, 60_000);
}

const NO_INDEX = { exists: false, texts: 0, behind: 0, bytes: 0, problem: null };
