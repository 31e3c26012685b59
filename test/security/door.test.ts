import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { readToken } from "@duolog/client/local";
import { ENDPOINT, HEADERS, MAX_FRAME, PROTOCOL_VERSION } from "@duolog/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type WebSocket from "ws";
import { BareSocket } from "../harness/bareSocket.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

vi.setConfig({ testTimeout: 30_000 });

let daemon: TestDaemon;
let token: string;
let logged = 0;

const logLines = () =>
  readFileSync(join(daemon.paths.logs, "daemon.log"), "utf8").trim().split("\n");
/** What the log tells since the test began. */
const news = () => logLines().slice(logged).join("\n");

beforeAll(async () => {
  daemon = await TestDaemon.start();
  token = readToken(daemon.paths) ?? "";
});
afterAll(() => daemon[Symbol.asyncDispose]());
beforeEach(() => {
  logged = logLines().length;
});

/** Sends bytes as they are, all at once or one by one; gives all that comes back until the end. */
function raw(bytes: string, everyMs = 0): Promise<{ answer: string; tookMs: number }> {
  const began = performance.now();
  return new Promise((resolve) => {
    const stream = connect(daemon.paths.socket);
    let answer = "";
    let timer: NodeJS.Timeout | undefined;
    stream.on("data", (data) => {
      answer += data;
    });
    stream.on("error", () => {});
    stream.on("close", () => {
      clearInterval(timer);
      resolve({ answer, tookMs: performance.now() - began });
    });
    if (!everyMs) stream.write(bytes);
    let at = 0;
    if (everyMs)
      timer = setInterval(() => void stream.write(bytes[at++ % bytes.length] ?? ""), everyMs);
  });
}

function upgrade(changed: Record<string, string | null> = {}, path: string = ENDPOINT): string {
  const headers: Record<string, string | null> = {
    Host: "localhost",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    Authorization: `Bearer ${token}`,
    [HEADERS.protocol]: String(PROTOCOL_VERSION),
    ...changed,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return `GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** The upgrade, with these lines behind its own. */
const more = (lines: string) => upgrade().replace(/\r\n$/, `${lines}\r\n\r\n`);

/** More headers than Node keeps unless told. */
const MANY = "a:\r\n".repeat(1_500);

/** Nothing but the status: no reason, no name of ours, no version. */
const NOTHING_TOLD = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

test("the upgrade that all others differ from by one thing is accepted", async () => {
  const stream = connect(daemon.paths.socket);
  stream.write(upgrade());
  const [answer] = await once(stream, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 101 /);
  stream.destroy();
});

describe("refused before the handshake; the reason is in the log, and none of it with the caller", () => {
  const wrong = "ab".repeat(32);
  test.each<[string, () => string, RegExp]>([
    ["an Origin", () => upgrade({ Origin: "http://localhost:3000" }), /Origin/],
    ["the Origin of a file", () => upgrade({ Origin: "null" }), /Origin/],
    ["an empty Origin", () => upgrade({ Origin: "" }), /Origin/],
    ["a browser's mark", () => upgrade({ "Sec-Fetch-Site": "same-origin" }), /browser/],
    ["a Host of the network", () => upgrade({ Host: "duolog.example:80" }), /Host/],
    ["a Host that was rebound", () => upgrade({ Host: "127.0.0.1.nip.io" }), /Host/],
    ["no token", () => upgrade({ Authorization: null }), /no token/],
    ["an empty token", () => upgrade({ Authorization: "Bearer " }), /wrong token/],
    ["a wrong token", () => upgrade({ Authorization: `Bearer ${wrong}` }), /wrong token/],
    [
      "a truncated token",
      () => upgrade({ Authorization: `Bearer ${token.slice(0, 63)}` }),
      /wrong token/,
    ],
    ["an over-long token", () => upgrade({ Authorization: `Bearer ${token}0` }), /wrong token/],
    [
      "a token of 7 KB",
      () => upgrade({ Authorization: `Bearer ${token.repeat(100)}` }),
      /wrong token/,
    ],
    [
      "a token in capitals",
      () => upgrade({ Authorization: `Bearer ${token.toUpperCase()}` }),
      /wrong token/,
    ],
    ["a token without its kind", () => upgrade({ Authorization: token }), /wrong token/],
    [
      "a token in the path",
      () => upgrade({ Authorization: null }, `${ENDPOINT}?token=${token}`),
      /unknown path/,
    ],
    ["the path /", () => upgrade({}, "/"), /unknown path/],
    ["a path above", () => upgrade({}, "/trpc/../etc/passwd"), /unknown path/],
    ["a whole address", () => upgrade({}, "http://localhost/trpc"), /unknown path/],
    ["a path of 7 KB", () => upgrade({}, `/${"a".repeat(7_000)}`), /unknown path/],
    ["no handshake's version", () => upgrade({ "Sec-WebSocket-Version": null }), /Version/],
    ["another version", () => upgrade({ "Sec-WebSocket-Version": "12" }), /Version/],
    ["no handshake's key", () => upgrade({ "Sec-WebSocket-Key": null }), /Key/],
    ["a key that is none", () => upgrade({ "Sec-WebSocket-Key": "abc" }), /Key/],
    ["an upgrade to something else", () => upgrade({ Upgrade: "h2c" }), /Upgrade/],
    ["a subprotocol that is none", () => upgrade({ "Sec-WebSocket-Protocol": "a,,b" }), /Protocol/],
    ["CONNECT", () => upgrade().replace("GET", "CONNECT"), /CONNECT/],
    [
      "CONNECT to another place",
      () => "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n",
      /CONNECT/,
    ],
    ["an Origin behind 1,500 headers", () => more(`${MANY}Origin: http://x`), /Origin/],
    ["a browser's mark behind them", () => more(`${MANY}Sec-Fetch-Site: none`), /browser/],
    ["a second Host", () => more("Host: duolog.example"), /twice/],
    ["a second Host behind 1,500 headers", () => more(`${MANY}hOST: localhost`), /twice/],
    ["a second token", () => more(`Authorization: Bearer ${wrong}`), /twice/],
    ["the same token twice", () => more(`authorization: Bearer ${token}`), /twice/],
    ["two Origins", () => more("Origin: http://x\r\nOrigin: http://y"), /Origin/],
  ])("%s", async (_what, request, reason) => {
    const { answer } = await raw(request());
    expect(answer).toBe(NOTHING_TOLD);
    await expect.poll(news).toMatch(reason);
    expect(news()).not.toContain(token);
    expect(news()).not.toContain(wrong);
  });

  test.each<[string, string]>([
    ["a plain GET", "GET /trpc/health HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    [
      "a form sent across sites",
      "POST /trpc/record.ingest HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ["a preflight", "OPTIONS /trpc HTTP/1.1\r\nHost: localhost\r\nOrigin: http://x\r\n\r\n"],
    [
      "another upgrade",
      "GET /trpc HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ],
  ])("%s", async (_what, request) => {
    const { answer } = await raw(request);
    expect(answer).not.toMatch(/ 1\d\d | 2\d\d |duolog|trpc|token|node/i);
    expect(news()).not.toContain(token);
  });

  test.each<[string, string]>([
    ["no Host", "GET / HTTP/1.1\r\n\r\n"],
    [
      "asks whether to go on",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
    ],
    ["expects something else", "GET / HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n"],
  ])("a request that %s is answered as any other", async (_what, request) => {
    const { answer } = await raw(request);
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).not.toMatch(/ [14]\d[0124-9] /);
    await expect.poll(news).toMatch(/no upgrade/);
  });

  test("of thousands of requests in one go the first is answered, and the log tells of it only", async () => {
    const { answer } = await raw("GET / HTTP/1.1\r\n\r\n".repeat(3_000));
    expect(answer.match(/HTTP/g)).toHaveLength(1);
    await expect.poll(news).toMatch(/no upgrade/);
    await raw(upgrade({ Authorization: null }));
    await expect.poll(news).toMatch(/no token/);
    expect(news().split("\n")).toHaveLength(2);
  });

  test("peers that are refused and keep their side open take no place", async () => {
    const held = await Promise.all(
      Array.from({ length: 1_100 }, async () => {
        const stream = connect({ path: daemon.paths.socket, allowHalfOpen: true });
        const ended = new Promise((done) => {
          // Those over the limit of sockets are cut.
          for (const event of ["end", "error"]) stream.on(event, done);
        });
        stream.resume().write(upgrade({ Authorization: null }));
        await ended;
        return stream;
      }),
    );
    const rpc = testClient(daemon.paths.root);
    expect(await rpc.health()).not.toBeNull();
    await rpc.close();
    for (const stream of held) stream.destroy();
  });

  test.each<[string, string]>([
    ["ten thousand headers", `GET /trpc HTTP/1.1\r\n${"a: b\r\n".repeat(10_000)}\r\n`],
    ["what is no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    [
      "two lengths",
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
  ])("%s", async (_what, request) => {
    const { answer } = await raw(request);
    expect(answer).not.toMatch(/ 1\d\d | 2\d\d |duolog|trpc/i);
    await expect.poll(news).toMatch(/bad request|refused/);
  });

  test("headers of more than 8 KB, though Node would take 16", async () => {
    expect((await raw(more(`X: ${"x".repeat(9_000)}`))).answer).toBe("");
    await expect.poll(news).toMatch(/HPE_HEADER_OVERFLOW/);
  });

  test("an upgrade left half open, and headers a byte at a time, end within seconds", async () => {
    const request = upgrade();
    const cut = request.slice(0, request.length - 4);
    const [half, slow] = await Promise.all([raw(cut), raw(`${cut}\r\nX-More: `, 20)]);
    for (const { answer, tookMs } of [half, slow]) {
      expect(answer).not.toContain("101");
      expect(tookMs).toBeLessThan(8_000);
    }
    await expect.poll(news).toMatch(/ERR_HTTP_REQUEST_TIMEOUT/);
  });
});

async function connected(): Promise<WebSocket> {
  const bare = await BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);
  bare.socket.removeAllListeners("message");
  bare.socket.on("error", () => {});
  return bare.socket;
}

describe("frames", () => {
  test.each<[string, (socket: WebSocket) => void]>([
    ["over the limit", (socket) => socket.send(Buffer.alloc(MAX_FRAME + 1, 0x20))],
    [
      "that add up over the limit",
      (socket) => {
        for (let i = 0; i < 40; i += 1)
          socket.send(Buffer.alloc(1024 * 1024, 0x20), { fin: false });
      },
    ],
    ["of brackets without measure", (socket) => socket.send("[".repeat(30_000_000))],
    [
      "of empty objects without measure",
      (socket) => socket.send(`{"id":1,"params":{"input":[${"{},".repeat(5_000_000)}{}]}}`),
    ],
    [
      "in fragments by the thousand",
      (socket) => {
        for (let i = 0; i < 5_000; i += 1) socket.send(" ", { fin: false });
      },
    ],
  ])("%s end the connection, and nobody else's", async (_what, send) => {
    await using other = await BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);
    const socket = await connected();
    const closed = once(socket, "close");
    send(socket);
    await closed;
    await expect.poll(news).toMatch(/connection dropped/);
    expect((await other.call("query", "health", undefined)).error).toBeUndefined();
    expect(news()).not.toContain("call failed");
    expect(peakMb()).toBeLessThan(300);
  });

  test("a frame that lies about its length takes no memory for it", async () => {
    const before = residentMb();
    const sockets = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const stream = connect(daemon.paths.socket);
        stream.on("error", () => {});
        stream.write(upgrade());
        await once(stream, "data");
        // A masked text frame of 31 MB, of which some bytes come.
        stream.write(
          Buffer.concat([Buffer.from("81ff0000000001f0000001020304", "hex"), Buffer.alloc(1_000)]),
        );
        return stream;
      }),
    );
    const rpc = testClient(daemon.paths.root);
    expect(await rpc.health()).not.toBeNull();
    await rpc.close();
    expect(residentMb() - before).toBeLessThan(60);
    for (const stream of sockets) stream.destroy();
  });

  test.each<[string, string]>([
    [
      "JSON 100,000 deep",
      `{"id":1,"method":"query","params":{"path":"health","input":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`,
    ],
    [
      "objects 50,000 deep",
      `{"id":1,"jsonrpc":"2.0","method":"mutation","params":{"path":"session.upsert","input":${'{"id":'.repeat(50_000)}1${"}".repeat(50_000)}}}`,
    ],
    ["half of a call", '{"id":1,"method":"mut'],
    ["binary", "\u0000\u0001\u0002"],
    ["an array of nothing", "[]"],
    ["a thousand nulls", `[${Array(1_000).fill("null").join()}]`],
    [
      "a path into a prototype",
      '{"id":1,"jsonrpc":"2.0","method":"query","params":{"path":"__proto__.toString"}}',
    ],
    [
      "a path of 100,000 letters",
      `{"id":1,"jsonrpc":"2.0","method":"query","params":{"path":"${"a.".repeat(50_000)}"}}`,
    ],
    [
      "a subscription to a query",
      '{"id":1,"jsonrpc":"2.0","method":"subscription","params":{"path":"health"}}',
    ],
  ])("%s: at most a typed error, without a trace, and the daemon goes on", async (_what, frame) => {
    const socket = await connected();
    const told: string[] = [];
    socket.on("message", (data) => told.push(String(data)));
    socket.send(frame);
    const rpc = testClient(daemon.paths.root);
    expect(await rpc.health()).not.toBeNull();
    await rpc.close();
    for (const text of told) {
      for (const answer of [JSON.parse(text)].flat())
        expect(JSON.stringify(answer).length).toBeLessThan(2_000);
      expect(text).not.toMatch(/node_modules|\.js:\d| {4}at |\/work|"stack"/);
      expect(JSON.parse(text).result?.data?.changed ?? "refused").toBe("refused");
    }
    socket.terminate();
  });

  test("__proto__ and constructor are data, and dropped", async () => {
    await using bare = await BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);
    const input = JSON.parse(
      '{"id":"p1","title":"t","__proto__":{"status":"error","source":"opencode"},"constructor":{"prototype":{"title":"x"}}}',
    );
    expect((await bare.call("mutation", "session.upsert", input)).error).toBeUndefined();
    expect((await bare.call("mutation", "session.upsert", { id: "p2" })).error).toBeUndefined();
    const rows = queryRows(
      daemon.paths.database,
      "SELECT id, title, status, source FROM sessions WHERE id IN ('p1', 'p2') ORDER BY id",
    );
    expect(rows).toEqual([
      { id: "p1", title: "t", status: null, source: null },
      { id: "p2", title: null, status: null, source: null },
    ]);
  });

  test("SQL in every text is data", async () => {
    await using bare = await BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);
    const evil = `'); DROP TABLE messages; --"; DELETE FROM sessions; $1 ?1 :a @b`;
    const input = { id: evil, sessionId: evil, role: evil, textContent: evil, model: evil };
    expect((await bare.call("mutation", "message.upsert", input)).error).toBeUndefined();
    expect(
      queryRows(
        daemon.paths.database,
        "SELECT id, text_content AS text FROM messages WHERE id = ?",
        evil,
      ),
    ).toEqual([{ id: evil, text: evil }]);
  });
});

const residentMb = () => memoryMb("VmRSS");
const peakMb = () => memoryMb("VmHWM");

function memoryMb(name: string): number {
  if (process.platform !== "linux") return 0;
  const status = readFileSync(`/proc/${daemon.process.pid}/status`, "utf8");
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}
