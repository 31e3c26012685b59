import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { dataPaths } from "@duolog/client/local";
import { expect, test } from "vitest";
import { newDataDir, TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { Producer } from "./producer.ts";

/** How often the daemon is killed; `npm run crash -- --times N`. */
const times = Number(process.env.DUOLOG_TIMES ?? 50);
const seed = Number(process.env.DUOLOG_SEED ?? Date.now() % 100_000);

/** Park–Miller: the moments of a run can be had again from its seed. */
function randomFrom(start: number): () => number {
  let state = start % 2_147_483_647 || 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Row {
  id: string;
  text_content: string;
  model: string;
  completion_tokens: number;
}

/** Every acknowledged version is there or a later one, and no row is made of two versions. */
function expectRecord(file: string, acknowledged: Map<string, number>): void {
  const rows = queryRows<Row>(
    file,
    "SELECT id, text_content, model, completion_tokens FROM messages",
  );
  expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
  const versions = new Map(rows.map((row) => [row.id, row.completion_tokens]));
  for (const [id, n] of acknowledged) expect(versions.get(id), id).toBeGreaterThanOrEqual(n);
  for (const { text_content, model, completion_tokens: n } of rows) {
    expect(model).toBe(`model-${n}`);
    expect(text_content.startsWith(`version ${n} `)).toBe(true);
  }
  expect(queryRows(file, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
}

test(`kill -9 of the daemon under load, ${times} times, seed ${seed}`, {
  timeout: 30_000 + times * 5_000,
}, async () => {
  const dataDir = newDataDir();
  const random = randomFrom(seed);
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < times; round += 1) {
    const daemon = await TestDaemon.start(dataDir);
    const stop = { now: false };
    const producers = [0, 1, 2, 3].map((n) => new Producer(dataDir, `s${round % 5}-${n}-${round}`));
    const done = Promise.all(producers.map((producer) => producer.run(stop)));
    await sleep(5 + random() * 150);
    await daemon.stop("SIGKILL");
    stop.now = true;
    await Promise.all(producers.map((producer) => producer.close()));
    await done;
    for (const producer of producers) {
      for (const [id, n] of producer.acknowledged) acknowledged.set(id, n);
    }
  }
  const daemon = await TestDaemon.start(dataDir);
  expect(acknowledged.size).toBeGreaterThan(times);
  expectRecord(dataPaths(dataDir).database, acknowledged);
  expect(await daemon.stop()).toBe(0);
  rmSync(dataDir, { recursive: true, force: true });
});
