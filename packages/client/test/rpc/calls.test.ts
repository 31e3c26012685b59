import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  HEADERS,
  type IngestRecord,
  type ItemResult,
  MAX_FRAME,
  PROTOCOL_VERSION,
} from "@duolog/contract";
import { ServiceError } from "@duolog/contract/server";
import { describe, expect, test } from "vitest";
import { createRpcClient, type RpcClientOptions, RpcError } from "../../src/index.ts";
import {
  countRejected,
  type DataPaths,
  ensureDataDir,
  ensureToken,
  listSegments,
} from "../../src/local/index.ts";
import { tempData } from "../local/tempData.ts";
import { wholeSegment } from "../local/wholeSegment.ts";
import { refusal, startTestDaemon } from "./testDaemon.ts";

const T = 1_769_760_000_000;

function client(paths: DataPaths, options: Partial<RpcClientOptions> = {}) {
  const rpc = createRpcClient({
    clientName: "test-client",
    clientVersion: "1.2.3",
    dataDir: paths.root,
    autostart: false,
    deadlineMs: 1_500,
    ...options,
  });
  return Object.assign(rpc, { [Symbol.asyncDispose]: () => rpc.close() });
}

const session = (id: string, rest: object = {}): IngestRecord => ({
  kind: "session",
  data: { id, updatedAt: T, ...rest },
});

function spooledIds(paths: DataPaths): string[] {
  return listSegments(paths).flatMap((file) =>
    wholeSegment(file).records.map(({ record }) => record.data.id),
  );
}

async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const from = performance.now();
  return [await work, performance.now() - from];
}

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

describe("with a daemon in trouble", () => {
  test("UPGRADE: at once spooled, said why, not asked again soon; health still works", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root, { protocol: 99 });
    await using rpc = client(data.paths, { deadlineMs: 5_000 });
    const [ack, ms] = await timed(rpc.upsertSession({ id: "s" }));
    expect(ack).toEqual({ status: "spooled" });
    expect(ms).toBeLessThan(3_000);
    expect(rpc.lastError()).toMatchObject({ code: "UPGRADE" });
    expect(rpc.lastError()?.message).toMatch(/the daemon is older/);
    const frames = daemon.seen.frames.length;
    await sleep(1_100);
    expect(await rpc.upsertSession({ id: "s2" })).toEqual({ status: "spooled" });
    expect(daemon.seen.frames.length).toBe(frames);
    expect(await rpc.health()).not.toBeNull();
    expect(spooledIds(data.paths)).toEqual(["s", "s2"]);
    expect(await rpc.ingest([session("i")])).toMatchObject({ status: "unavailable" });
  });

  test("UNAVAILABLE is tried again until it works, in order", async () => {
    using data = tempData();
    let tries = 0;
    await using _daemon = await startTestDaemon(data.paths.root, {
      answer: () => {
        tries += 1;
        if (tries < 3) throw new ServiceError(refusal("UNAVAILABLE"));
      },
    });
    await using rpc = client(data.paths);
    expect(await rpc.upsertSession({ id: "s" })).toMatchObject({ status: "stored" });
    expect(tries).toBe(3);
  });

  test("one record on which the daemon stumbles does not hold up the others, and is kept", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root, {
      answer: (records: IngestRecord[]) => {
        if (records.some((record) => record.data.id === "poison")) throw new Error("bug");
      },
    });
    await using rpc = client(data.paths, { deadlineMs: 5_000 });
    const ids = ["a", "b", "poison", "c", "d"];
    const poisoned = rpc
      .upsertSession({ id: "none" })
      .then(() => Promise.all(ids.map((id) => rpc.upsertSession({ id }))));
    await expect.poll(() => daemon.rows.size, { timeout: 4_000 }).toBe(5);
    expect(spooledIds(data.paths)).toContain("poison");
    expect(countRejected(data.paths)).toBe(0);
    daemon.behaviour.answer = undefined;
    expect((await poisoned).map((ack) => ack.status)).toEqual(ids.map(() => "stored"));
  });

  test("an item refused for now is sent again", async () => {
    using data = tempData();
    const answers: ItemResult[] = [{ ok: false, error: refusal("INTERNAL") }];
    await using _daemon = await startTestDaemon(data.paths.root, {
      answer: () => answers.splice(0),
    });
    await using rpc = client(data.paths);
    const acks = await Promise.all([
      rpc.upsertSession({ id: "a" }),
      rpc.upsertSession({ id: "b" }),
    ]);
    expect(acks.map((ack) => ack.status)).toEqual(["stored", "stored"]);
  });

  test("a hung one: spooled at the deadline; close does not hang", async () => {
    using data = tempData();
    await using _daemon = await startTestDaemon(data.paths.root, { hang: true });
    const rpc = client(data.paths, { deadlineMs: 300 });
    const [ack, ms] = await timed(rpc.upsertSession({ id: "s" }));
    expect(ack).toEqual({ status: "spooled" });
    expect(ms).toBeGreaterThan(250);
    expect(ms).toBeLessThan(2_000);
    const [, closing] = await timed(rpc.close());
    expect(closing).toBeLessThan(4_000);
    expect(spooledIds(data.paths)).toEqual(["s"]);
  });

  test.each([401, 503])("an upgrade refused with %i: spooled, said why", async (refuseWith) => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root, { refuseWith });
    await using rpc = client(data.paths, {
      autostart: true,
      deadlineMs: 300,
      env: { PATH: "" },
    });
    expect(await rpc.upsertSession({ id: "s" })).toEqual({ status: "spooled" });
    expect(rpc.lastError()?.message).toContain(String(refuseWith));
    daemon.behaviour.refuseWith = undefined;
    await expect.poll(() => daemon.rows.size, { timeout: 10_000 }).toBe(1);
  });

  test("a socket that takes connections and says nothing", async () => {
    using data = tempData();
    ensureDataDir(data.paths);
    ensureToken(data.paths);
    const silent = createServer(() => {}).listen(data.paths.socket);
    const rpc = client(data.paths, { deadlineMs: 300 });
    const [ack, ms] = await timed(rpc.upsertSession({ id: "s" }));
    expect(ack).toEqual({ status: "spooled" });
    expect(ms).toBeLessThan(2_000);
    expect(await rpc.health()).toBeNull();
    const [, closing] = await timed(rpc.close());
    expect(closing).toBeLessThan(4_000);
    silent.close();
  });

  test("the token goes to no socket in a directory that others can write", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    rmSync(data.paths.runtime, { force: true });
    chmodSync(dirname(data.paths.socket), 0o777);
    await using rpc = client(data.paths, { spool: false });
    expect(await rpc.health()).toBeNull();
    expect(daemon.seen.upgrades).toEqual([]);
  });
});

describe("without a daemon", () => {
  test("spooled at once; delivered by the same client when one comes", async () => {
    using data = tempData();
    await using rpc = client(data.paths, { deadlineMs: 10_000 });
    const [ack, ms] = await timed(rpc.upsertSession({ id: "a" }));
    expect(ack).toEqual({ status: "spooled" });
    expect(ms).toBeLessThan(3_000);
    rpc.record(session("b"));
    expect(spooledIds(data.paths)).toEqual(["a", "b"]);
    expect(await rpc.health()).toBeNull();
    expect(await rpc.ingest([session("i")])).toMatchObject({ status: "unavailable" });
    await expect(rpc.reader.session.get({ id: "a" })).rejects.toBeInstanceOf(RpcError);
    await using daemon = await startTestDaemon(data.paths.root);
    expect(await rpc.flush(2_000)).toBe(true);
    expect(daemon.rows.size).toBe(2);
    expect(readdirSync(data.paths.spool)).toEqual([]);
  });

  test("more than memory holds comes back from the segments, each once and in order", async () => {
    using data = tempData();
    await using rpc = client(data.paths);
    const textContent = "x".repeat(10_000);
    const count = 2_500;
    for (let i = 0; i < count; i += 1) {
      rpc.record({ kind: "message", data: { id: `m${i}`, sessionId: "s", textContent } });
    }
    expect(listSegments(data.paths).length).toBeGreaterThan(4);
    const order: string[] = [];
    await using daemon = await startTestDaemon(data.paths.root, {
      answer: (records: IngestRecord[]) => {
        order.push(...records.map((record) => record.data.id));
      },
    });
    expect(await rpc.flush(10_000)).toBe(true);
    expect(order).toEqual(Array.from({ length: count }, (_, i) => `m${i}`));
    expect(daemon.rows.size).toBe(count);
    expect(readdirSync(data.paths.spool)).toEqual([]);
  });

  test("close leaves the records on disk, and later ones too", async () => {
    using data = tempData();
    const rpc = client(data.paths);
    rpc.record(session("a"));
    const [, ms] = await timed(rpc.close());
    expect(ms).toBeLessThan(1_000);
    rpc.record(session("b"));
    expect(await rpc.upsertSession({ id: "c" })).toEqual({ status: "spooled" });
    expect(await rpc.flush(100)).toBe(false);
    expect(spooledIds(data.paths)).toEqual(["a", "b", "c"]);
  });

  test("spool: false says that the record is not kept", async () => {
    using data = tempData();
    await using rpc = client(data.paths, { spool: false });
    expect(await rpc.upsertSession({ id: "a" })).toMatchObject({
      status: "refused",
      error: { code: "UNAVAILABLE" },
    });
  });
});

describe("a disk that takes nothing", () => {
  const block = (paths: DataPaths) => {
    rmSync(paths.spool, { recursive: true, force: true });
    writeFileSync(paths.spool, "");
  };

  test("records go straight to the daemon", async () => {
    using data = tempData();
    await using daemon = await startTestDaemon(data.paths.root);
    block(data.paths);
    await using rpc = client(data.paths);
    expect(await rpc.upsertSession({ id: "a" })).toMatchObject({ status: "stored" });
    rpc.record(session("b"));
    await expect.poll(() => daemon.rows.size).toBe(2);
  });

  test("without a daemon the caller is told, memory stays bounded, and a later daemon gets what it holds", async () => {
    using data = tempData();
    ensureDataDir(data.paths);
    block(data.paths);
    await using rpc = client(data.paths);
    expect(await rpc.upsertSession({ id: "a" })).toMatchObject({
      status: "refused",
      error: { code: "UNAVAILABLE" },
    });
    const error = "x".repeat(1_000_000);
    for (let i = 0; i < 20; i += 1) rpc.record(session(`s${i}`, { error }));
    expect(rpc.lastError()?.message).toMatch(/memory is full/);
    rmSync(data.paths.spool);
    await using daemon = await startTestDaemon(data.paths.root);
    expect(await rpc.flush(5_000)).toBe(true);
    expect(daemon.rows.size).toBe(9); // a and 8 MB of the others.
  });

  test("the data directory deleted while running: the open segment is written anew", async () => {
    using data = tempData();
    await using rpc = client(data.paths);
    rpc.record(session("a"));
    rpc.record(session("b"));
    rmSync(data.paths.root, { recursive: true });
    rpc.record(session("c"));
    expect(spooledIds(data.paths)).toEqual(["a", "b", "c"]);
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
