import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createRpcClient } from "@duolog/client";
import { dataPaths } from "@duolog/client/local";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newDataDir, TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { canDropPrivileges, duolog, duologUnprivileged } from "./duolog.ts";
import { ingestInto, records } from "./messages.ts";

vi.setConfig({ testTimeout: 40_000 });

/** Of SQLite's WAL, bytes: its header, and a frame (sqlite.org/fileformat2.html#walformat). */
const HEADER = 32;
const FRAME = 24 + 4_096;

let dataDir: string;
let wal: string;
beforeEach(() => {
  dataDir = newDataDir();
  wal = `${dataPaths(dataDir).database}-wal`;
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const storedIds = () =>
  queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages")
    .map(({ id }) => id)
    .sort();
const idsTo = (n: number) => Array.from({ length: n }, (_, i) => `m${i}`).sort();
const asides = () => readdirSync(dataDir).filter((name) => /\.damaged-\w+$/.test(name));
const log = () => readFileSync(join(dataDir, "logs", "daemon.log"), "utf8");

async function ingestEach(from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 10) {
    expect((await ingestInto(dataDir, n, n + 10)).every(({ ok }) => ok)).toBe(true);
  }
}

/** 120 messages, twelve commits of them in the WAL, as kill -9 leaves it. */
async function recordAndKill(): Promise<void> {
  await using daemon = await TestDaemon.start(dataDir);
  await ingestEach(0, 120);
  await daemon.stop("SIGKILL");
}

function change(file: string, offset: number, changed: (byte: number) => number): void {
  const fd = openSync(file, "r+");
  const byte = Buffer.alloc(1);
  readSync(fd, byte, 0, 1, offset);
  byte[0] = changed(byte[0] ?? 0);
  writeSync(fd, byte, 0, 1, offset);
  closeSync(fd);
}

const frames = () => Math.floor((statSync(wal).size - HEADER) / FRAME);

describe("a WAL that is damaged after kill -9 costs no commit behind the damage", () => {
  test.each<[string, () => void]>([
    ["a bit of an early page", () => change(wal, HEADER + 2 * FRAME + 24 + 4_000, (b) => b ^ 1)],
    ["the salt of a frame", () => change(wal, HEADER + 5 * FRAME + 8, (b) => b ^ 0x10)],
    ["the sum of a frame", () => change(wal, HEADER + 5 * FRAME + 20, (b) => b ^ 0x80)],
    ["the header's salt", () => change(wal, 17, (b) => b ^ 1)],
    [
      "the whole header",
      () => {
        for (let i = 0; i < HEADER; i++) change(wal, i, () => 0);
      },
    ],
  ])("%s", async (_what, damage) => {
    await recordAndKill();
    expect(frames()).toBeGreaterThan(30);
    damage();
    const content = readFileSync(wal);
    await using _daemon = await TestDaemon.start(dataDir);
    await expect.poll(storedIds, { timeout: 15_000 }).toEqual(idsTo(120));
    const [aside = "", ...more] = asides();
    expect(more).toEqual([]);
    expect(readFileSync(join(dataDir, `${aside}-wal`)).equals(content)).toBe(true);
    expect(log()).toContain("damaged database put aside");
    expect((await duolog(dataDir, "status")).stdout).toContain(aside);
  });

  test("`duolog status` leaves it to the next start", async () => {
    await recordAndKill();
    change(wal, HEADER + 20 * FRAME + 24 + 4_000, (b) => b ^ 1);
    const content = readFileSync(wal);
    expect(await duolog(dataDir, "status")).toMatchObject({ code: 0 });
    expect(readFileSync(wal).equals(content)).toBe(true);
    await using _daemon = await TestDaemon.start(dataDir);
    await expect.poll(storedIds, { timeout: 15_000 }).toEqual(idsTo(120));
  });

  test("an emptied database keeps its WAL, which SQLite would delete", async () => {
    await recordAndKill();
    const content = readFileSync(wal);
    truncateSync(dataPaths(dataDir).database, 0);
    await using _daemon = await TestDaemon.start(dataDir);
    const [aside = "", ...more] = asides();
    expect(more).toEqual([]);
    expect(readFileSync(join(dataDir, `${aside}-wal`)).equals(content)).toBe(true);
  });

  test("a torn end is none: the last commit goes, the others stay, nothing is put aside", async () => {
    await recordAndKill();
    truncateSync(wal, HEADER + frames() * FRAME - 1_000);
    await using _daemon = await TestDaemon.start(dataDir);
    expect(storedIds()).toEqual(idsTo(110));
    expect(asides()).toEqual([]);
  });
});

describe("without a daemon `duolog status` counts", () => {
  const recorded = async (run = duolog) =>
    /^Recorded +(.*)$/m.exec((await run(dataDir, "status")).stdout)?.[1];

  test("what a WAL without an index holds", async () => {
    await recordAndKill();
    rmSync(`${dataPaths(dataDir).database}-shm`);
    expect(await recorded()).toBe("1 session, 120 messages");
  });

  test.runIf(canDropPrivileges)("what a directory holds that can't be written", async () => {
    await recordAndKill();
    chmodSync(dataDir, 0o500);
    expect(await recorded(duologUnprivileged)).toBe("1 session, 120 messages");
    chmodSync(dataDir, 0o700);
  });

  test("again and again, and the next daemon starts as ever", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    await ingestEach(0, 20);
    await daemon.stop();
    for (let i = 0; i < 3; i++) expect(await recorded()).toBe("1 session, 20 messages");
    await using _next = await TestDaemon.start(dataDir);
    await ingestEach(20, 40);
    expect(storedIds()).toEqual(idsTo(40));
    expect(asides()).toEqual([]);
  });
});

test("its index, deleted under the daemon, is told within seconds, and costs nothing", async () => {
  await using daemon = await TestDaemon.start(dataDir);
  await ingestEach(0, 120);
  rmSync(`${dataPaths(dataDir).database}-shm`);
  await expect.poll(() => daemon.process.exitCode, { timeout: 10_000 }).toBe(1);
  expect(log()).toMatch(/duolog\.db-shm is gone/);
  expect(storedIds()).toEqual(idsTo(120));
  await using _next = await TestDaemon.start(dataDir);
  await ingestEach(120, 140);
  expect(storedIds()).toEqual(idsTo(140));
});

describe("a WAL that is deleted under the daemon", () => {
  test("is told within seconds; all that was acknowledged is in the database by then", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    await ingestEach(0, 120);
    rmSync(wal);
    await expect.poll(() => daemon.process.exitCode, { timeout: 10_000 }).toBe(1);
    expect(log()).toMatch(/duolog\.db-wal is gone/);
    expect(storedIds()).toEqual(idsTo(120));
    await using _next = await TestDaemon.start(dataDir);
    expect(asides()).toEqual([]);
  });

  test("costs nothing of what is sent meanwhile", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    await ingestEach(0, 120);
    rmSync(wal);
    const rpc = createRpcClient({ clientName: "test", clientVersion: "0", dataDir });
    for (const record of records(120, 140)) rpc.record(record);
    expect(await rpc.flush(15_000)).toBe(true);
    await rpc.close();
    expect(daemon.process.exitCode).toBe(1);
    expect(storedIds()).toEqual(idsTo(140));
    expect(await duolog(dataDir, "stop")).toMatchObject({ code: 0 });
  });

  test("costs nothing where the daemon is stopped at once", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    await ingestEach(0, 120);
    rmSync(wal);
    await daemon.stop();
    expect(storedIds()).toEqual(idsTo(120));
  });
});

describe.runIf(process.platform === "linux")("the daemon leaves SQLite its locks", () => {
  const isHeld = (file: string, bytes: string) => {
    const { ino } = statSync(file);
    return new RegExp(`:${ino} ${bytes}`).test(readFileSync("/proc/locks", "utf8"));
  };
  /** SQLite's byte 128 of the index says that somebody has the file open. */
  const isIndexHeld = () => isHeld(`${dataPaths(dataDir).database}-shm`, "128 128");

  test("when it looks at its files, and other programs do it no harm", async () => {
    await using daemon = await TestDaemon.start(dataDir);
    expect(isIndexHeld()).toBe(true);
    for (let n = 0; n < 50; n++) {
      expect((await ingestInto(dataDir, n, n + 1))[0]).toMatchObject({ ok: true });
      queryRows(dataPaths(dataDir).database, "SELECT COUNT(*) FROM messages");
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    expect(isIndexHeld()).toBe(true);
    expect(daemon.process.exitCode).toBeNull();
  });

  test("when it checks a database that was suspected, which stays where it is sound", async () => {
    const { database } = dataPaths(dataDir);
    {
      await using daemon = await TestDaemon.start(dataDir);
      await ingestEach(0, 20);
      await daemon.stop();
    }
    writeFileSync(`${database}.suspect`, "");
    await using _daemon = await TestDaemon.start(dataDir);
    await ingestEach(20, 30);
    expect(asides()).toEqual([]);
    expect(existsSync(`${database}.suspect`)).toBe(false);
    // 510 bytes from 2^30 + 2, shared by all that have the database open.
    expect(isHeld(database, "1073741826 1073742335")).toBe(true);
    expect(isIndexHeld()).toBe(true);
    expect(storedIds()).toEqual(idsTo(30));
  });
});
