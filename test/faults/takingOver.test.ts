import {
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { dataPaths } from "@duolog/client/local";
import { expect, test, vi } from "vitest";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { canMount, SmallDisk } from "./disk.ts";
import { ingestInto } from "./messages.ts";

vi.setConfig({ testTimeout: 40_000 });

const free = (path: string) => {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
};

/** 400 messages in the database of a directory, and no daemon. */
async function record(dataDir: string): Promise<void> {
  await using daemon = await TestDaemon.start(dataDir);
  for (let n = 0; n < 400; n += 100) {
    expect((await ingestInto(dataDir, n, n + 100)).every(({ ok }) => ok)).toBe(true);
  }
  await daemon.stop();
}

/** Bytes free while a daemon runs that has nothing to do. */
async function freeBesideDaemon(dataDir: string): Promise<number> {
  await using daemon = await TestDaemon.start(dataDir);
  const bytes = free(dataDir);
  await daemon.stop();
  return bytes;
}

test.runIf(canMount)("what the disk has no room to read is taken over another time", async () => {
  using disk = new SmallDisk(16);
  const { path } = disk;
  const { database } = dataPaths(path);
  await record(path);
  const kept = join(path, "kept.db");
  renameSync(database, kept);
  await freeBesideDaemon(path);
  // Room for a copy, and none for the index of a WAL, 32 KB, without which SQLite does not read it.
  const room = (await freeBesideDaemon(path)) - statSync(kept).size - 16_384;
  writeFileSync(join(path, "filler"), Buffer.alloc(room));
  const aside = `${database}.damaged-20261124T120000000Z`;
  renameSync(kept, aside);
  const log = () => readFileSync(join(path, "logs", "daemon.log"), "utf8");
  {
    await using daemon = await TestDaemon.start(path);
    await expect.poll(log, { timeout: 10_000 }).toMatch(/database (not )?taken over/);
    await daemon.stop();
  }
  expect(log()).toContain("damaged database not taken over");
  expect(existsSync(`${aside}.taken-over`)).toBe(false);
  rmSync(join(path, "filler"));
  await using _daemon = await TestDaemon.start(path);
  await expect.poll(() => existsSync(`${aside}.taken-over`), { timeout: 15_000 }).toBe(true);
  expect(queryRows(database, "SELECT id FROM messages")).toHaveLength(400);
});
