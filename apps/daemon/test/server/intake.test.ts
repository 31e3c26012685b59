import { once } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type WebSocket from "ws";
import { call, next, open, openBare, type TestServer, testServer } from "./testServer.ts";

const MOST = 200_000;

let server: TestServer;
let opened: (WebSocket | Socket)[];

beforeEach(async () => {
  server = await testServer({ unservedBytes: MOST });
  opened = [];
});
afterEach(async () => {
  for (const one of opened) "terminate" in one ? one.terminate() : one.destroy();
  await server[Symbol.asyncDispose]();
});

async function client(): Promise<WebSocket> {
  const one = await open(server.socket);
  opened.push(one);
  return one;
}

/** A connection with the token that has begun a message of 31 MB and sent so many bytes of it. */
async function unfinished(bytes: number): Promise<Socket> {
  const socket = await openBare(server.socket);
  opened.push(socket);
  socket.write(Buffer.from("81ff0000000001f0000000000000", "hex"));
  await new Promise((sent) => socket.write(Buffer.alloc(bytes, 0x20), sent));
  return socket;
}

const health = async (one: WebSocket) => {
  one.send(call(1, "query", "health"));
  return (await next(one)).result.data.version;
};

test("of peers with unfinished messages the one with the most is cut, and nobody else", async () => {
  const other = await client();
  const small = await unfinished(60_000);
  const large = await unfinished(120_000);
  const cut = once(large, "close");
  await unfinished(60_000);
  await cut;
  expect(server.dropped).toEqual(["most of too many bytes that wait"]);
  expect(small.destroyed).toBe(false);
  expect(await health(other)).toBe("1.2.3");
  expect(server.server.connections()).toBe(3);
});

/** Sends a text in fragments, with a ping behind every tenth. */
function sendInParts(one: WebSocket, text: string): void {
  for (let at = 0; at < text.length; at += 1_000) {
    one.send(text.slice(at, at + 1_000), { fin: at + 1_000 >= text.length });
    if (at % 10_000 === 0) one.ping("beside");
  }
}

test("what is served counts no more, however it came", async () => {
  const one = await client();
  for (let n = 0; n < 20; n++) {
    const data = { id: `m${n}`, sessionId: "s", textContent: "x".repeat(90_000) };
    const frame = call(n, "mutation", "message.upsert", data);
    const answer = next(one);
    if (n % 2) one.send(frame);
    else sendInParts(one, frame);
    expect((await answer).result.data).toEqual({ changed: true });
  }
  for (let n = 0; n < 20_000; n++) one.pong("unasked for");
  let answered = 0;
  one.on("message", () => answered++);
  for (let n = 0; n < 2_000; n++) one.send(call(n, "query", "session.get", { id: "s" }));
  await expect.poll(() => answered, { timeout: 20_000 }).toBe(2_000);
  await unfinished(MOST - 2_000);
  expect(await health(await client())).toBe("1.2.3");
  expect(server.dropped).toEqual([]);
});

test("whole messages that wait for their turn count too", async () => {
  await server[Symbol.asyncDispose]();
  server = await testServer({ unservedBytes: MOST, callsInFlight: 1 });
  const { reader } = server.ports;
  reader.getSession = () => new Promise(() => {});
  const waiting = await client();
  waiting.send(call(1, "query", "session.get", { id: "s" }));
  const data = { id: "m", sessionId: "s", textContent: "x".repeat(150_000) };
  waiting.send(call(2, "mutation", "message.upsert", data));
  const cut = once(waiting, "close");
  await unfinished(100_000);
  await cut;
  expect(server.dropped).toEqual(["most of too many bytes that wait"]);
});

test("whoever goes takes what was counted along", async () => {
  for (let n = 0; n < 5; n++) {
    const socket = await unfinished(150_000);
    await expect.poll(() => server.server.connections()).toBe(1);
    socket.destroy();
    await expect.poll(() => server.server.connections()).toBe(0);
  }
  expect(server.dropped).toEqual([]);
});
