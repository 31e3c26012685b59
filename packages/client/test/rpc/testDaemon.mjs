// A real tRPC server over WebSocket on the data directory's socket, with the contract's own router
// and ports in memory. Imported by tests, or run as the `daemon` of runtime.json.
import { appendFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { dataPaths, ensureDataDir, ensureToken } from "@duolog/client/local";
import { HEADERS, MAX_FRAME, PROTOCOL_VERSION } from "@duolog/contract";
import { appRouter, ServiceError } from "@duolog/contract/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { WebSocketServer } from "ws";

const refusal = (code) => ({ code, field: null, message: `test: ${code}` });

/**
 * Starts listening. `behaviour` may be changed while it runs:
 * protocol, refuseWith (HTTP status), hang, answer(records) → ItemResult[] or a throw.
 */
export async function startTestDaemon(root, behaviour = {}) {
  const paths = dataPaths(root);
  ensureDataDir(paths);
  const token = ensureToken(paths);
  const seen = { upgrades: [], batches: [], frames: [], inFlight: 0, mostInFlight: 0 };
  const rows = new Map();

  const store = (record) => {
    const key = JSON.stringify([record.kind, record.data.sessionId ?? null, record.data.id]);
    const content = JSON.stringify(record.data);
    const changed = rows.get(key) !== content;
    rows.set(key, content);
    return { ok: true, changed };
  };

  const ingest = async (records) => {
    seen.batches.push(records.length);
    seen.inFlight += 1;
    seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
    try {
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

  const reader = {
    getSession: async (id) => JSON.parse(rows.get(JSON.stringify(["session", null, id])) ?? "null"),
    listSessions: async () => ({ items: [], nextCursor: null }),
    listMessages: async () => {
      throw new ServiceError(refusal("NOT_FOUND"));
    },
  };
  const reporter = { health: async () => ({ pid: process.pid, sessions: rows.size }) };
  const createContext = ({ req }) => ({
    caller: {
      clientName: req.headers[HEADERS.clientName] ?? null,
      clientVersion: req.headers[HEADERS.clientVersion] ?? null,
      protocol: behaviour.protocol ?? Number(req.headers[HEADERS.protocol] ?? 1),
    },
    recorder: { ingest },
    reader,
    reporter,
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
      ws.on("message", (data) => seen.frames.push(data.length));
      wss.emit("connection", ws, req);
      if (behaviour.greet) ws.send(behaviour.greet);
    });
  });
  rmSync(paths.socket, { force: true });
  await new Promise((resolve) => http.listen(paths.socket, resolve));
  http.unref();

  const stop = async () => {
    for (const ws of wss.clients) ws.terminate();
    handler.broadcastReconnectNotification();
    await new Promise((resolve) => http.close(resolve));
    rmSync(paths.socket, { force: true });
  };
  return { paths, behaviour, seen, rows, refusal, ServiceError, stop, [Symbol.asyncDispose]: stop };
}

/** The current protocol, for tests that ask for another. */
export const protocol = PROTOCOL_VERSION;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const root = process.env.DUOLOG_DATA_DIR;
  appendFileSync(join(root, "starts"), `${process.pid}\n`);
  await sleep(300); // A real one migrates first.
  await startTestDaemon(root, { log: join(root, "stored") });
  setInterval(() => {}, 60_000);
}
