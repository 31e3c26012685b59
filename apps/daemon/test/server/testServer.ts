import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENDPOINT, HEADERS, PROTOCOL_VERSION } from "@duolog/contract";
import type { Context } from "@duolog/contract/server";
import WebSocket from "ws";
import { Accountant } from "../../src/lifecycle/derived/Accountant.ts";
import { Indexer } from "../../src/lifecycle/derived/Indexer.ts";
import type { ServerLimits } from "../../src/server/limits.ts";
import { type Server, startServer } from "../../src/server/server.ts";
import { createHealthService } from "../../src/services/healthService.ts";
import { KEPT_BYTES } from "../../src/services/longText.ts";
import { createMaintainer } from "../../src/services/maintainer.ts";
import { createFileService } from "../../src/services/questions/fileService.ts";
import { createQuestionService } from "../../src/services/questions/questionService.ts";
import { createReadService } from "../../src/services/readService.ts";
import { createRecordService } from "../../src/services/recordService.ts";
import { createSearchService } from "../../src/services/search/searchService.ts";
import { openPriceList } from "../../src/services/usage/priceList.ts";
import { createUsageService } from "../../src/services/usage/usageService.ts";
import { backfillSource } from "../../src/storage/backfill/backfill.ts";
import { repair } from "../../src/storage/repair/repair.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { MIGRATIONS } from "../storage/migrationFiles.ts";

export const TOKEN = "ab".repeat(32);

/** The real server over a real file, in this process; `await using` ends it. */
export interface TestServer extends AsyncDisposable {
  server: Server;
  socket: string;
  ports: Omit<Context, "caller">;
  /** Reasons told to the log. */
  refused: string[];
  dropped: string[];
  failed: unknown[];
}

export async function testServer(limits: Partial<ServerLimits> = {}): Promise<TestServer> {
  const root = mkdtempSync(join(tmpdir(), "duolog-server-"));
  const files = { database: join(root, "duolog.db"), backups: root };
  const storage = await openStorage({ ...files, migrations: MIGRATIONS });
  const recorder = await createRecordService({ storage, now: Date.now, onFailure: () => {} });
  const log = { info() {}, warn() {}, error() {}, close: async () => {} };
  const keeper = new Indexer({ ...recorder, store: storage.search, log });
  const about = { version: "1.2.3", pid: 1, startedAt: 2, dataDir: root };
  const { lastChange } = recorder;
  const ports = {
    recorder,
    reader: createReadService(storage),
    questions: { ...createQuestionService(storage), ...createFileService(keeper, storage) },
    searcher: createSearchService({ keeper, store: storage.search }),
    usageReporter: createUsageService({
      keeper: new Accountant({ ...recorder, store: storage.usage, log }),
      openPrices: () => openPriceList({}),
      now: Date.now,
    }),
    reporter: createHealthService({ storage, lastChange, rejected: () => 0, about }),
    maintainer: createMaintainer({
      lookAgain: () => false,
      ...files,
      recorder,
      now: () => new Date(),
      root,
      keptBytes: KEPT_BYTES,
      backfill: async (options) => backfillSource(options),
      repair: async (options) => repair(options, () => false),
    }),
  };
  const [refused, dropped, failed]: [string[], string[], unknown[]] = [[], [], []];
  const events = {
    refused: (reason: string) => refused.push(reason),
    dropped: (reason: string) => dropped.push(reason),
    failed: (error: unknown) => failed.push(error),
  };
  const socket = join(root, "daemon.sock");
  const server = await startServer({ socket, token: TOKEN, ports, events, limits });
  return {
    server,
    socket,
    ports,
    refused,
    dropped,
    failed,
    async [Symbol.asyncDispose]() {
      await server.pause();
      await recorder.stop();
      await server.close(300);
      await keeper.stop();
      await storage.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** Headers that open the door. */
export const GOOD = {
  authorization: `Bearer ${TOKEN}`,
  [HEADERS.protocol]: String(PROTOCOL_VERSION),
  [HEADERS.clientName]: "test",
};

export function dial(
  socket: string,
  headers: Record<string, string> = GOOD,
  path: string = ENDPOINT,
): WebSocket {
  const client = new WebSocket(`ws+unix:${socket}:${path}`, { headers, perMessageDeflate: false });
  client.on("error", () => {});
  return client;
}

export async function open(socket: string, headers?: Record<string, string>): Promise<WebSocket> {
  const client = dial(socket, headers);
  await once(client, "open");
  return client;
}

/** A connection past the handshake, over which bytes go as they are. */
export async function openBare(path: string): Promise<Socket> {
  const socket = connect(path);
  socket.on("error", () => {});
  const headers = Object.entries({ ...GOOD, host: "localhost" }).map((line) => line.join(": "));
  socket.write(
    `GET ${ENDPOINT} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
      `${headers.join("\r\n")}\r\n\r\n`,
  );
  await once(socket, "data");
  return socket;
}

export const call = (id: number, method: string, path: string, input?: unknown) =>
  JSON.stringify({ id, jsonrpc: "2.0", method, params: { path, input } });

export const next = async (client: WebSocket) =>
  JSON.parse(String((await once(client, "message"))[0]));

/** Sends bytes and gives all that comes back until the server hangs up. */
export function raw(socket: string, bytes: string | string[], everyMs = 0): Promise<string> {
  return new Promise((resolve) => {
    const stream = connect(socket);
    let answer = "";
    stream.on("data", (data) => {
      answer += data;
    });
    const pieces = typeof bytes === "string" ? [bytes] : [...bytes];
    const timer = setInterval(() => {
      const piece = pieces.shift();
      if (piece === undefined) clearInterval(timer);
      else if (stream.writable) stream.write(piece);
    }, everyMs);
    stream.on("error", () => {});
    stream.on("close", () => {
      clearInterval(timer);
      resolve(answer);
    });
  });
}
