import { once } from "node:events";
import { statSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { MAX_FRAME, PROTOCOL_VERSION } from "@duolog/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type WebSocket from "ws";
import {
  call,
  dial,
  GOOD,
  next,
  open,
  raw,
  type TestServer,
  TOKEN,
  testServer,
} from "./testServer.ts";

let server: TestServer;

beforeAll(async () => {
  server = await testServer({ headersMs: 400 });
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.refused.length = 0;
  server.dropped.length = 0;
});

/** The status of the answer to an upgrade, and whatever else it tells. */
async function answerTo(client: WebSocket): Promise<{ status: number; told: string }> {
  const [, response] = await once(client, "unexpected-response");
  let body = "";
  for await (const chunk of response) body += chunk;
  const { date: _, connection: _c, "content-length": _l, ...told } = response.headers;
  client.terminate();
  return { status: response.statusCode, told: body + Object.keys(told).join() };
}

describe("refused before the handshake, the reason in the log and none of it to the caller", () => {
  const { authorization: _, ...noToken } = GOOD;
  const bearer = (token: string) => ({ ...GOOD, authorization: token });
  test.each<[string, Record<string, string>, string | undefined, RegExp]>([
    ["an Origin", { ...GOOD, origin: "http://localhost" }, undefined, /Origin/],
    ["an empty Origin", { ...GOOD, origin: "" }, undefined, /Origin/],
    ["a browser", { ...GOOD, "sec-fetch-site": "cross-site" }, undefined, /browser/],
    ["another Host", { ...GOOD, host: "evil.example" }, undefined, /Host/],
    ["no token", noToken, undefined, /no token/],
    ["an empty token", bearer("Bearer "), undefined, /wrong token/],
    ["a wrong token", bearer(`Bearer ${"cd".repeat(32)}`), undefined, /wrong token/],
    ["a truncated token", bearer(`Bearer ${TOKEN.slice(0, -1)}`), undefined, /wrong token/],
    ["an over-long token", bearer(`Bearer ${TOKEN}0`), undefined, /wrong token/],
    ["a token of another kind", bearer(`Basic ${TOKEN}`), undefined, /wrong token/],
    ["another path", GOOD, "/", /unknown path/],
    ["a longer path", GOOD, "/trpc/x", /unknown path/],
    ["a query", GOOD, "/trpc?connectionParams=1", /unknown path/],
  ])("%s", async (_name, headers, path, reason) => {
    const answer = await answerTo(dial(server.socket, headers, path));
    expect(answer).toEqual({ status: 403, told: "" });
    expect(server.refused).toEqual([expect.stringMatching(reason)]);
  });

  test("a plain request", async () => {
    const answer = await raw(server.socket, "GET /trpc HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(answer).not.toMatch(/upgrade|token/i);
  });

  test("headers beyond the limit", async () => {
    const answer = await raw(
      server.socket,
      `GET /trpc HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(9_000)}\r\n\r\n`,
    );
    expect(answer).toBe("");
    expect(server.refused).toEqual(["bad request: HPE_HEADER_OVERFLOW"]);
  });

  test("an upgrade left half open, and headers a byte at a time", async () => {
    const began = Date.now();
    const bytes = [..."GET /trpc HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"];
    const answers = await Promise.all([
      raw(server.socket, "GET /trpc HTTP/1.1\r\nHost: localhost\r\n"),
      raw(server.socket, bytes, 50),
    ]);
    expect(answers.join("")).not.toContain("101");
    expect(Date.now() - began).toBeLessThan(3_000);
  });
});

test("one socket more than the cap is cut without a word, the reason in the log", async () => {
  await using few = await testServer({ sockets: 2 });
  const held = [1, 2].map(() => connect(few.socket));
  await Promise.all(held.map((socket) => once(socket, "connect")));
  const third = connect(few.socket).on("error", () => {});
  const answer: Buffer[] = [];
  third.on("data", (data) => answer.push(data));
  await once(third, "close");
  expect({ answer, refused: few.refused }).toEqual({ answer: [], refused: ["too many sockets"] });
  for (const socket of held) socket.destroy();
});

test("only its user reaches the socket", () => {
  const { mode } = statSync(server.socket);
  expect(mode & 0o777).toBe(0o600);
});

describe("frames", () => {
  test.each<[string, (client: WebSocket) => void, number]>([
    ["over the limit", (client) => client.send(Buffer.alloc(MAX_FRAME + 1)), 1009],
    [
      "in fragments by the thousand",
      (client) => {
        for (let i = 0; i < 1_000; i++) client.send("x", { fin: false });
      },
      1008,
    ],
  ])("%s end the connection", async (_name, send, code) => {
    const client = await open(server.socket);
    send(client);
    const [closed] = await once(client, "close");
    expect([code, 1006]).toContain(closed);
    expect(server.dropped).toHaveLength(1);
  });

  test.each([
    ["no JSON", "{"],
    ["deep JSON", "[".repeat(100_000)],
    ["an unknown procedure", call(1, "query", "constructor.prototype")],
    ["a mutation called as a query", call(1, "query", "session.upsert", { id: "s" })],
    ["no id", '{"method":"query","params":{"path":"health"}}'],
  ])("%s: an error without a stack, and the connection goes on", async (_name, frame) => {
    const client = await open(server.socket);
    client.send(frame);
    const { error } = await next(client);
    expect(error).toBeDefined();
    expect(JSON.stringify(error)).not.toMatch(/\.js:|\.ts:|stack/);
    client.send(call(2, "query", "health"));
    expect((await next(client)).result.data.version).toBe("1.2.3");
    client.terminate();
  });

  test("keys that would reach a prototype are data, and dropped", async () => {
    const client = await open(server.socket);
    const data = '{"id":"proto","title":"t","__proto__":{"polluted":1},"constructor":{"x":1}}';
    client.send(
      `{"id":1,"jsonrpc":"2.0","method":"mutation","params":{"path":"session.upsert","input":${data}}}`,
    );
    expect((await next(client)).result.data).toEqual({ changed: true });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    client.terminate();
  });
});

test("a protocol version that is none we speak is told which side is older", async () => {
  for (const [version, side] of [
    [String(PROTOCOL_VERSION + 1), "daemon"],
    ["0", "client"],
    ["two", "client"],
  ]) {
    const client = await open(server.socket, { ...GOOD, "x-duolog-protocol": String(version) });
    client.send(call(1, "mutation", "session.upsert", { id: "s" }));
    const { error } = await next(client);
    expect(error.data.refusal).toMatchObject({ code: "UPGRADE" });
    expect(error.data.refusal.message).toContain(`the ${side} is older: upgrade the ${side}`);
    client.terminate();
  }
});

describe("limits", () => {
  test("one connection more than the cap is answered 503, and one less is served", async () => {
    await using small = await testServer({ connections: 3 });
    const clients = await Promise.all([1, 2, 3].map(() => open(small.socket)));
    expect(await answerTo(dial(small.socket))).toEqual({ status: 503, told: "" });
    expect(small.refused).toEqual(["full"]);
    clients[0]?.terminate();
    await expect.poll(() => small.server.connections()).toBe(2);
    (await open(small.socket)).terminate();
    for (const client of clients) client.terminate();
  });

  test("5,000 calls in one frame are all answered, in turn with those of others", async () => {
    await using small = await testServer({ callsInFlight: 100 });
    const [many, other] = await Promise.all([open(small.socket), open(small.socket)]);
    const calls = Array.from({ length: 5_000 }, (_, id) =>
      call(id, "query", "session.get", { id: `s${id}` }),
    );
    let answered = 0;
    many.on("message", () => answered++);
    many.send(`[${calls.join()}]`);
    // Served after a part of the others' calls, not after all.
    await expect.poll(() => answered).toBeGreaterThan(0);
    other.send(call(1, "query", "health"));
    expect((await next(other)).result.data.version).toBe("1.2.3");
    expect(answered).toBeLessThan(4_000);
    await expect.poll(() => answered, { timeout: 15_000 }).toBe(5_000);
    for (const client of [many, other]) client.terminate();
  });

  test("backfills that wait hold up their sender as any calls do", async () => {
    await using small = await testServer({ callsInFlight: 4 });
    const begun: (() => void)[] = [];
    small.ports.maintainer.backfillSource = () =>
      new Promise((_, reject) => begun.push(() => reject(new Error("ended"))));
    const client = await open(small.socket);
    const calls = Array.from({ length: 100 }, (_, id) =>
      call(id, "mutation", "record.backfillSource", { dryRun: true }),
    );
    client.send(`[${calls.join()}]`);
    await expect.poll(() => begun.length).toBeGreaterThan(0);
    await sleep(200);
    // A frame's calls are begun 20 at a time.
    expect(begun).toHaveLength(20);
    client.terminate();
    await expect.poll(() => small.server.connections()).toBe(0);
    for (const end of begun) end();
  });
});

test("a stop answers the calls that were taken, then closes", async () => {
  const own = await testServer();
  const client = await open(own.socket);
  const answers: { result?: { data: unknown } }[] = [];
  client.on("message", (data) => answers.push(JSON.parse(String(data))));
  const calls = Array.from({ length: 50 }, (_, id) =>
    call(id, "mutation", "session.upsert", { id: `s${id}` }),
  );
  client.send(`[${calls.join()}]`);
  const closed = once(client, "close");
  await sleep(20);
  await own[Symbol.asyncDispose]();
  const [code] = await closed;
  expect(code).toBe(1001);
  expect(answers.filter(({ result }) => result)).toHaveLength(50);
});
