import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HEADERS, MAX_FRAME, PROTOCOL_VERSION } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { RpcError } from "../../src/index.ts";
import { countRejected, ensureToken } from "../../src/local/index.ts";
import { tempData } from "../local/tempData.ts";
import { client, session, T } from "./client.ts";
import { startTestDaemon } from "./testDaemon.ts";

describe("with a daemon", () => {
  test("stores, says what changed, leaves nothing in the spool", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths);
    const plan = { id: "plan-1", source: "claude-code", createdAt: T, updatedAt: T } as const;
    expect(await rpc.upsertSession(plan)).toEqual({ status: "stored", changed: true });
    expect(await rpc.upsertSession(plan)).toEqual({ status: "stored", changed: false });
    expect(await rpc.upsertMessage({ id: "m", sessionId: "plan-1" })).toMatchObject({
      status: "stored",
    });
    expect(await rpc.reader.session.get({ id: "plan-1" })).toEqual({ ...plan, observedAt: T });
    expect(readdirSync(data.paths.spool)).toEqual([]);
    expect(rpc.lastError()).toBeNull();
    expect(daemon.seen.upgrades).toHaveLength(1);
    expect(daemon.seen.upgrades[0]).toMatchObject({
      url: "/trpc",
      headers: {
        host: "localhost",
        authorization: `Bearer ${ensureToken(data.paths)}`,
        [HEADERS.protocol]: String(PROTOCOL_VERSION),
        [HEADERS.clientName]: "test-client",
        [HEADERS.clientVersion]: "1.2.3",
      },
    });
    expect(daemon.seen.upgrades[0]?.headers.origin).toBeUndefined();
  });

  test("reaches a socket outside a data directory with a space", async () => {
    using data = tempData("with space");
    await using _daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths, { clientName: "naïve\n" });
    expect(await rpc.upsertSession({ id: "s" })).toMatchObject({ status: "stored" });
  });

  test("a refused record is put aside with the reason and holds up nothing", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths);
    const [bad, good] = await Promise.all([
      rpc.upsertSession({ id: "bad", promptTokens: -1 }),
      rpc.upsertSession({ id: "good" }),
    ]);
    expect(bad).toMatchObject({
      status: "refused",
      error: { code: "INVALID", field: "promptTokens" },
    });
    expect(good).toMatchObject({ status: "stored" });
    expect(countRejected(data.paths)).toBe(1);
    expect(readdirSync(data.paths.spool)).toEqual([]);
    expect(daemon.seen.batches).toEqual([1]);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    [
      "a cycle",
      (() => {
        const o: { id: string; o?: unknown } = { id: "c" };
        o.o = o;
        return o;
      })(),
    ],
    ["a bigint", { id: "b", promptTokens: 1n }],
    [
      "a getter that throws",
      {
        get id() {
          throw new Error("no");
        },
      },
    ],
  ])("%s in a record's place throws nothing", async (_name, value) => {
    using data = tempData();
    await using _daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths);
    expect(await rpc.upsertSession(value as never)).toMatchObject({
      status: "refused",
      error: { code: "INVALID" },
    });
    expect(countRejected(data.paths)).toBe(1);
  });

  test("a record too big for a frame is put aside", async () => {
    using data = tempData();
    await using _daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths);
    const textContent = "x".repeat(MAX_FRAME);
    expect(await rpc.upsertMessage({ id: "m", sessionId: "s", textContent })).toMatchObject({
      status: "refused",
      error: { code: "INVALID", field: "textContent", message: expect.stringContaining("bytes") },
    });
    expect(countRejected(data.paths)).toBe(1);
  });

  test("a record too big for this daemon's frames is found among others and put aside", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root, { maxPayload: 50_000 });
    await using rpc = client(data.paths, { deadlineMs: 5_000 });
    const acks = await Promise.all(
      [10, 60_000, 10].map((length, i) =>
        rpc.upsertMessage({ id: `m${i}`, sessionId: "s", textContent: "x".repeat(length) }),
      ),
    );
    expect(acks.map((ack) => ack.status)).toEqual(["stored", "refused", "stored"]);
    expect(daemon.rows.size).toBe(2);
  });

  test("20,000 calls in one tick: bounded batches, four in flight, all stored", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths, { deadlineMs: 15_000 });
    const textContent = "x".repeat(2_000);
    const acks = await Promise.all(
      Array.from({ length: 20_000 }, (_, i) =>
        rpc.upsertMessage({ id: `m${i}`, sessionId: "s", textContent, updatedAt: T + i }),
      ),
    );
    expect(acks.every((ack) => ack.status === "stored")).toBe(true);
    expect(daemon.rows.size).toBe(20_000);
    expect(Math.max(...daemon.seen.batches)).toBe(100);
    expect(Math.max(...daemon.seen.frames)).toBeLessThan(1_100_000);
    expect(daemon.seen.mostInFlight).toBe(4);
    expect(readdirSync(data.paths.spool)).toEqual([]);
  });

  test("big records: a batch ends at 1 MB, a bigger one goes alone", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths, { deadlineMs: 10_000 });
    const lengths = [10, 2_000_000, 400_000, 400_000, 400_000, 10];
    await Promise.all(
      lengths.map((length, i) =>
        rpc.upsertMessage({ id: `m${i}`, sessionId: "s", textContent: "x".repeat(length) }),
      ),
    );
    expect(daemon.seen.batches).toEqual([1, 1, 2, 2]);
    expect(daemon.rows.size).toBe(lengths.length);
  });

  test("what the caller changes after the call is not sent", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths);
    const record = { id: "s", title: "before" };
    const ack = rpc.upsertSession(record);
    record.title = "after";
    await ack;
    expect([...daemon.rows.values()][0]).toContain("before");
  });

  test("frames that are no answers throw nothing into the host", async () => {
    using data = tempData();
    const greet = "not json";
    await using daemon = await startTestDaemon(data.paths.root, { greet });
    await using rpc = client(data.paths, { deadlineMs: 5_000 });
    const ack = rpc.upsertSession({ id: "s" });
    await expect.poll(() => daemon.seen.upgrades.length).toBeGreaterThan(0);
    daemon.behaviour.greet = '{"method":"reconnect","id":null}';
    expect(await ack).toMatchObject({ status: "stored" });
  });

  test("ingest answers item by item and stores nothing of its own", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths);
    const records = Array.from({ length: 250 }, (_, i) => session(`s${i}`, { cost: i - 1 }));
    const answer = await rpc.ingest(records);
    if (answer.status !== "answered") throw new Error(answer.reason);
    expect(answer.results).toHaveLength(250);
    expect(answer.results[0]).toMatchObject({ ok: false, error: { field: "cost" } });
    expect(answer.results.slice(1).every((result) => result.ok)).toBe(true);
    expect(daemon.seen.batches).toEqual([99, 100, 50]);
    expect(countRejected(data.paths)).toBe(0);
    expect(readdirSync(data.paths.spool)).toEqual([]);
  });

  test("health, and a reader's typed error", async () => {
    using data = tempData();
    await using _daemon = await startTestDaemon(data.paths.root);
    await using rpc = client(data.paths);
    expect(await rpc.health()).toMatchObject({ pid: process.pid });
    expect(await rpc.reader.session.list()).toEqual({ items: [], nextCursor: null });
    const error = await rpc.reader.message.list({ sessionId: "x" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RpcError);
    expect((error as RpcError).refusal.code).toBe("NOT_FOUND");
  });
});

test("rejected/ keeps what could not be translated", () => {
  using data = tempData();
  const rpc = client(data.paths);
  rpc.reject({ strange: true }, "unknown event");
  const [name = ""] = readdirSync(data.paths.rejected);
  expect(JSON.parse(readFileSync(join(data.paths.rejected, name), "utf8"))).toMatchObject({
    reason: "unknown event",
    client: "test-client",
    record: { strange: true },
  });
});

test("a client that is never used touches no disk", () => {
  using data = tempData();
  client(data.paths);
  expect(() => readdirSync(data.paths.root)).toThrow(/ENOENT/);
  mkdirSync(data.paths.root);
});
