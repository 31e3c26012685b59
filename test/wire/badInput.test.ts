import { MAX_TEXT, PROTOCOL_VERSION } from "@duolog/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BareSocket } from "../harness/bareSocket.ts";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

let daemon: TestDaemon;
let bare: BareSocket;

beforeAll(async () => {
  daemon = await TestDaemon.start();
  bare = await BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);
});
afterAll(async () => {
  await bare[Symbol.asyncDispose]();
  await daemon[Symbol.asyncDispose]();
});

const T = 1_769_760_000_000;
const message = { id: "m", sessionId: "s", role: "user", textContent: "hi", createdAt: T };
const session = { id: "s", createdAt: T };
const call = { id: "t", sessionId: "s", name: "Bash", createdAt: T };
const event = { id: "e", sessionId: "s", kind: "error", createdAt: T };

const BAD_MESSAGES = [
  ["id", { ...message, id: "x".repeat(100_000) }],
  ["id", { ...message, id: "" }],
  ["id", { ...message, id: 7 }],
  ["id", { sessionId: "s" }],
  ["id", { ...message, id: "a\0b" }],
  ["sessionId", { ...message, sessionId: null }],
  ["role", { ...message, role: ["user"] }],
  ["textContent", { ...message, textContent: "x".repeat(20_000_000) }],
  ["textContent", { ...message, textContent: "nul \0 inside" }],
  ["textContent", { ...message, textContent: "lone \ud800 surrogate" }],
  ["textContent", { ...message, textContent: { text: "hi" } }],
  ["createdAt", { ...message, createdAt: -1 }],
  ["createdAt", { ...message, createdAt: Date.UTC(2099, 0, 1) }],
  ["createdAt", { ...message, createdAt: T * 1000 }],
  ["createdAt", { ...message, createdAt: T / 1000 }],
  ["createdAt", { ...message, createdAt: new Date(T).toISOString() }],
  ["completionTokens", { ...message, completionTokens: -5 }],
  ["completionTokens", { ...message, completionTokens: 1.5 }],
  ["completionTokens", { ...message, completionTokens: 1e300 }],
  ["cost", { ...message, cost: -0.1 }],
  ["source", { ...message, source: "emacs" }],
  ["reasoningText", { ...message, reasoningText: "x".repeat(20_000_000) }],
  ["reasoningText", { ...message, reasoningText: ["thought"] }],
  ["reasoningBytes", { ...message, reasoningBytes: -1 }],
  ["attachments", { ...message, attachments: "no JSON" }],
  ["attachments", { ...message, attachments: [] }],
  ["isSidechain", { ...message, isSidechain: 1 }],
  ["copiedFromId", { ...message, copiedFromId: "x".repeat(10_000) }],
  ["cacheWrite1hTokens", { ...message, cacheWrite1hTokens: 0.5 }],
] as const;

const BAD_SESSIONS = [
  ["updatedAt", { ...session, updatedAt: T * 1000 }],
  ["titleKind", { ...session, titleKind: "shiny" }],
  ["status", { ...session, status: 1 }],
  ["id", { id: null }],
  ["projectId", { ...session, projectId: "nul \0 inside" }],
  ["linesAdded", { ...session, linesAdded: -1 }],
  ["linesRemoved", { ...session, linesRemoved: "2" }],
] as const;

const BAD_CALLS = [
  ["id", { ...call, id: "x".repeat(513) }],
  ["sessionId", { ...call, sessionId: undefined }],
  ["position", { ...call, position: -1 }],
  ["name", { ...call, name: "x".repeat(8_193) }],
  ["status", { ...call, status: true }],
  ["input", { ...call, input: { command: "ls" } }],
  ["input", { ...call, input: "lone \udc00 surrogate" }],
  ["output", { ...call, output: "x".repeat(20_000_000) }],
  ["outputBytes", { ...call, outputBytes: 1e300 }],
  ["data", { ...call, data: "{torn" }],
  ["completedAt", { ...call, completedAt: T * 1000 }],
  ["durationMs", { ...call, durationMs: 1.5 }],
  ["source", { ...call, source: "emacs" }],
] as const;

const BAD_EVENTS = [
  ["id", { ...event, id: "" }],
  ["sessionId", { ...event, sessionId: 7 }],
  ["kind", { ...event, kind: ["error"] }],
  ["text", { ...event, text: "nul \0 inside" }],
  ["data", { ...event, data: "undefined" }],
  ["createdAt", { ...event, createdAt: T / 1000 }],
] as const;

const bad = [
  ...BAD_MESSAGES.map(([field, data]) => ["message", field, data] as const),
  ...BAD_SESSIONS.map(([field, data]) => ["session", field, data] as const),
  ...BAD_CALLS.map(([field, data]) => ["toolCall", field, data] as const),
  ...BAD_EVENTS.map(([field, data]) => ["event", field, data] as const),
];
const named = bad.map(
  (row) => [row[0], row[1], JSON.stringify(row[2]).slice(0, 60), row[2]] as const,
);

describe("a bad record is refused with the field's name", () => {
  test.each(named)("%s.%s in %s", async (kind, field, _shown, data) => {
    const answer = await bare.call("mutation", `${kind}.upsert`, data);
    expect(answer.error?.data.code).toBe("BAD_REQUEST");
    expect(answer.error?.data.refusal).toMatchObject({ code: "INVALID", field });
    expect(answer.error?.data.refusal?.message).toContain(field);
    expect(JSON.stringify(answer).length).toBeLessThan(2_000);
  });

  test("in a batch, the rest is stored", async () => {
    const good = bad.map((_, i) => ({ kind: "message", data: { ...message, id: `good-${i}` } }));
    const small = bad.filter(([, , data]) => JSON.stringify(data).length < 1_000_000);
    const records = small.flatMap(([kind, , data], i) => [{ kind, data }, good[i]]);
    const answer = await bare.call("mutation", "record.ingest", {
      records: [...records, null, 7, {}, { kind: "tune", data: {} }],
    });
    const results = answer.result?.data as { ok: boolean; error?: { field: string } }[];
    expect(results.length).toBe(records.length + 4);
    small.forEach(([, field], i) => {
      expect(results[2 * i]).toMatchObject({ ok: false, error: { code: "INVALID", field } });
      expect(results[2 * i + 1]).toMatchObject({ ok: true });
    });
    expect(results.slice(-4).every((result) => !result.ok)).toBe(true);
    const rows = queryRows(daemon.paths.database, "SELECT id FROM messages WHERE id LIKE 'good-%'");
    expect(rows.length).toBe(small.length);
  });
});

test("what is no list of ours is taken all the same", async () => {
  for (const [kind, data] of [
    ["toolCall", { ...call, kind: "telepathy", status: "dreaming" }],
    ["event", { ...event, kind: "eclipse" }],
  ] as const) {
    const answer = await bare.call("mutation", `${kind}.upsert`, data);
    expect(answer.result?.data).toEqual({ changed: true });
  }
});

test("the longest text that is taken comes back whole", async () => {
  const textContent = "ü".repeat(MAX_TEXT);
  const data = { ...message, sessionId: "long", id: "long", textContent };
  const answer = await bare.call("mutation", "message.upsert", data);
  expect(answer.error).toBeUndefined();
  const [row] = queryRows(
    daemon.paths.database,
    "SELECT length(text_content) AS length FROM messages WHERE id = 'long'",
  );
  expect(row?.length).toBe(MAX_TEXT);
});

describe("what is no call at all", () => {
  const FRAMES = [
    "",
    "{",
    "null",
    "[]",
    '{"id":1}',
    '{"id":1,"method":"mutation"}',
    '{"id":1,"method":"mutation","params":{"path":5}}',
    '{"id":1,"method":"explode","params":{"path":"health"}}',
    `{"id":1,"method":"query","params":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    '{"id":1,"method":"mutation","params":{"path":"session.upsert","input":{"__proto__":{"id":"p"}}}}',
  ];

  test.each(FRAMES)("frame %s", async (frame) => {
    await using peer = await BareSocket.open(daemon.paths, "test", PROTOCOL_VERSION);
    peer.socket.send(frame);
    const still = await bare.call("query", "health", undefined);
    expect(still.error).toBeUndefined();
  });

  test.each(["nothing", "session.explode", "__proto__", "constructor", "session.upsert.x"])(
    "procedure %s",
    async (path) => {
      const answer = await bare.call("mutation", path, {});
      expect(answer.error?.data.code).toBe("NOT_FOUND");
    },
  );
});
