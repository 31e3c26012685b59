import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { readToken } from "@duolog/client/local";
import { ENDPOINT, HEADERS, PROTOCOL_VERSION } from "@duolog/contract";
import { expect, test, vi } from "vitest";
import { TestDaemon, testClient } from "../harness/daemon.ts";

vi.setConfig({ testTimeout: 60_000 });

const MEMORY_MB = 300;
/** How long a peer sends at most, if nobody stops it, ms. */
const SENDING_MS = 5_000;
/** Bytes sent in one go. */
const BURST = 256 * 1024;

const TEXT = 0x81;
const PING = 0x89;

/** A frame as a client sends it, masked with zeros. */
function frame(kind: number, text: string): Buffer {
  const { length } = text;
  const short = Buffer.from([kind, 0x80 | length]);
  const long = Buffer.from([kind, 0x80 | 126, length >> 8, length & 255]);
  return Buffer.concat([length < 126 ? short : long, Buffer.alloc(4), Buffer.from(text)]);
}

const call = (method: string, path: string, input: unknown) =>
  frame(TEXT, JSON.stringify({ id: 1, jsonrpc: "2.0", method, params: { path, input } }));

/** A connection with the token, of which nothing is read any more. */
async function deaf({ paths }: TestDaemon): Promise<Socket> {
  const socket = connect(paths.socket);
  socket.on("error", () => {});
  socket.write(
    `GET ${ENDPOINT} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
      `${HEADERS.protocol}: ${PROTOCOL_VERSION}\r\nAuthorization: Bearer ${readToken(paths)}\r\n\r\n`,
  );
  await once(socket, "data");
  return socket.pause();
}

/** Sends a frame over and over, as fast as it is taken, until the time is over or the peer is cut. */
async function flood(socket: Socket, one: Buffer, bytes: number): Promise<void> {
  const burst = Buffer.concat(Array(Math.ceil(BURST / one.length)).fill(one));
  const end = AbortSignal.timeout(SENDING_MS);
  for (let sent = 0; sent < bytes && !end.aborted && !socket.destroyed; sent += burst.length) {
    if (!socket.write(burst)) await once(socket, "drain", { signal: end }).catch(() => {});
  }
}

const logOf = ({ paths }: TestDaemon) => readFileSync(join(paths.logs, "daemon.log"), "utf8");

/** The most memory that it ever took, MB (Linux only, else 0). */
function peakMb({ process: { pid } }: TestDaemon): number {
  if (process.platform !== "linux") return 0;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function expectServes({ paths }: TestDaemon): Promise<void> {
  const rpc = testClient(paths.root);
  expect(await rpc.health()).not.toBeNull();
  await rpc.close();
}

test.concurrent("tRPC's own PING, by a peer that never reads, is read and not answered", async () => {
  await using daemon = await TestDaemon.start();
  const socket = await deaf(daemon);
  await flood(socket, frame(TEXT, "PING"), 40_000_000);
  await expectServes(daemon);
  expect(peakMb(daemon)).toBeLessThan(MEMORY_MB);
  expect(socket.bytesRead).toBeLessThan(1_000);
  expect(logOf(daemon)).not.toContain("connection dropped");
  socket.destroy();
});

test.concurrent("requests by the thousand in one go, without the token, count as one and take no memory", async () => {
  await using daemon = await TestDaemon.start();
  const requests = "GET / HTTP/1.1\r\n\r\n".repeat(20_000);
  for (let i = 0; i < 100; i++) {
    const socket = connect(daemon.paths.socket);
    socket.on("error", () => {});
    socket.resume().write(requests);
    await new Promise((closed) => socket.on("close", closed));
  }
  await expectServes(daemon);
  await vi.waitFor(() => expect(logOf(daemon).match(/no upgrade/g)).toHaveLength(100));
  expect(peakMb(daemon)).toBeLessThan(MEMORY_MB);
});

test.concurrent.each<[string, Buffer, RegExp]>([
  ["WebSocket's pings", frame(PING, ""), /does not read its pongs/],
  ["WebSocket's pings with a text", frame(PING, "x".repeat(125)), /does not read its pongs/],
  ["what is no JSON", frame(TEXT, "x"), /does not read its answers/],
  ["calls of nothing", call("query", "nothing", null), /does not read its answers/],
  [
    "records that are none, each with much to say about it",
    call("mutation", "record.ingest", { records: Array(1_000).fill(0) }),
    /does not read its answers/,
  ],
])(
  "%s, by a peer that never reads, cost it the connection and not the memory",
  async (_what, one, reason) => {
    await using daemon = await TestDaemon.start();
    const socket = await deaf(daemon);
    await flood(socket, one, 400_000_000);
    const hasReason = () => expect(logOf(daemon)).toMatch(reason);
    await vi.waitFor(hasReason, { timeout: 30_000, interval: 50 });
    expect(logOf(daemon).match(/connection dropped/g)).toHaveLength(1);
    await expectServes(daemon);
    expect(peakMb(daemon)).toBeLessThan(MEMORY_MB);
    socket.destroy();
  },
);

test.concurrent("messages that twenty peers leave unfinished cost those with the most the connection", async () => {
  await using daemon = await TestDaemon.start();
  const peers = await Promise.all(Array.from({ length: 20 }, () => deaf(daemon)));
  // The head of a text of 31 MB, of which 30 come.
  const head = Buffer.from("81ff0000000001f0000000000000", "hex");
  await Promise.all(
    peers.map(async (peer) => {
      peer.write(head);
      await flood(peer, Buffer.alloc(BURST, 0x20), 30_000_000);
    }),
  );
  await vi.waitFor(() => expect(logOf(daemon)).toMatch(/most of too many bytes that wait/));
  await expectServes(daemon);
  expect(peakMb(daemon)).toBeLessThan(MEMORY_MB);
  for (const peer of peers) peer.destroy();
});

test("pages that sixty peers leave unread cost them the connection, and keep no reader waiting", async () => {
  await using daemon = await TestDaemon.start();
  const rpc = testClient(daemon.paths.root);
  const textContent = "x".repeat(300_000);
  for (const id of ["a", "b", "c"]) await rpc.upsertMessage({ id, sessionId: "s", textContent });
  const peers = await Promise.all(Array.from({ length: 60 }, () => deaf(daemon)));
  for (const peer of peers) peer.write(call("query", "message.list", { sessionId: "s" }));
  const dropped = () =>
    expect(logOf(daemon)).toMatch(/oldest of too many answers that are not read/);
  await vi.waitFor(dropped, { timeout: 9_000, interval: 50 });
  const began = performance.now();
  expect((await rpc.reader.message.list({ sessionId: "s" })).items).toHaveLength(3);
  expect(performance.now() - began).toBeLessThan(2_000);
  await rpc.close();
  expect(peakMb(daemon)).toBeLessThan(MEMORY_MB);
  for (const peer of peers) peer.destroy();
});
