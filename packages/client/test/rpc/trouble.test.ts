import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { IngestRecord, ItemResult } from "@duolog/contract";
import { ServiceError } from "@duolog/contract/server";
import { describe, expect, test } from "vitest";
import { countRejected, ensureDataDir, ensureToken } from "../../src/local/index.ts";
import { tempData } from "../local/tempData.ts";
import { client, session, spooledIds, timed } from "./client.ts";
import { refusal, startTestDaemon } from "./testDaemon.ts";

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
