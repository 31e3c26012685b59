import { readdirSync, rmSync, writeFileSync } from "node:fs";
import type { IngestRecord } from "@duolog/contract";
import { describe, expect, test } from "vitest";
import { RpcError } from "../../src/index.ts";
import { type DataPaths, ensureDataDir, listSegments } from "../../src/local/index.ts";
import { tempData } from "../local/tempData.ts";
import { client, session, spooledIds, timed } from "./client.ts";
import { startTestDaemon } from "./testDaemon.ts";

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
