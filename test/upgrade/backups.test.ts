import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DataPaths } from "@duolog/client/local";
import type { BackfillReport } from "@duolog/contract/server";
import Database from "libsql";
import { expect, test, vi } from "vitest";
import { duologJson } from "../harness/command.ts";
import { cleanEnv, DUOLOG, TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { dataDirectory, temporary } from "./files.ts";
import { fillLegacyFile, LEGACY, readLegacyColumns, writeLegacyFile } from "./legacy.ts";

/** What a start of the daemon, as a process, leaves of a database that it upgrades. */

vi.setConfig({ testTimeout: 60_000 });

const backupsOf = (paths: DataPaths) => readdirSync(paths.backups).sort();

async function startAndStop(paths: DataPaths): Promise<void> {
  const daemon = await TestDaemon.start(paths.root);
  await daemon.stop();
}

function replaceDatabase(paths: DataPaths, rows = LEGACY): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(paths.database + suffix, { force: true });
  writeLegacyFile(paths.database, rows);
}

test("a file with rows is copied as it was, once, then upgraded", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  replaceDatabase(paths);
  await startAndStop(paths);
  const [backup = "", ...others] = backupsOf(paths);
  expect(others).toEqual([]);
  const file = join(paths.backups, backup);
  expect(readLegacyColumns(file)).toEqual(LEGACY);
  expect(queryRows(file, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  expect(queryRows(file, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")).toEqual(
    [{ name: "messages" }, { name: "sessions" }],
  );
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readLegacyColumns(paths.database)).toEqual(LEGACY);

  await startAndStop(paths);
  expect(backupsOf(paths)).toEqual([backup]);
});

test("a file without rows needs no copy", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  replaceDatabase(paths, { sessions: [], messages: [] });
  await startAndStop(paths);
  expect(backupsOf(paths)).toEqual([]);
});

test("directories with the names of copies are passed over", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  const names = ["", ".partial"].flatMap((end) =>
    [1, 2].map((day) => `duolog-2026010${day}T000000-000Z-before-x.db${end}`),
  );
  for (const name of names) mkdirSync(join(paths.backups, name));
  replaceDatabase(paths);
  await startAndStop(paths);
  expect(readLegacyColumns(paths.database)).toEqual(LEGACY);
  expect(backupsOf(paths)).toEqual(expect.arrayContaining(names));
  expect(backupsOf(paths)).toHaveLength(names.length + 1);
});

test("the last two copies are kept", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  const seen: string[] = [];
  for (const _ of [1, 2, 3]) {
    replaceDatabase(paths);
    await startAndStop(paths);
    seen.push(...backupsOf(paths).filter((name) => !seen.includes(name)));
  }
  expect(seen).toHaveLength(3);
  expect(backupsOf(paths)).toEqual(seen.slice(1));
});

/** Copies from a time when the clock was ahead, by their names. */
function writeLaterCopies(paths: DataPaths, label: string): string[] {
  const names = [1, 2].map((day) => `duolog-2999010${day}T000000-000Z-${label}.db`);
  for (const name of names) writeFileSync(join(paths.backups, name), "");
  return names;
}

test("the copy just made is kept, whatever the clock was when the others were", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  replaceDatabase(paths);
  const [, upgrade] = writeLaterCopies(paths, "before-0002_x");
  await using daemon = await TestDaemon.start(paths.root);
  const [made = "", ...others] = backupsOf(paths);
  expect(others).toEqual([upgrade]);
  expect(readLegacyColumns(join(paths.backups, made))).toEqual(LEGACY);

  const [, backfill] = writeLaterCopies(paths, "before-backfill-source");
  const { backup } = duologJson<BackfillReport>(daemon.paths.root, "backfill-source");
  const kept = [made, upgrade, backfill].map((name) => join(paths.backups, name ?? ""));
  expect(backupsOf(paths).map((name) => join(paths.backups, name))).toEqual(
    [...kept, backup].sort(),
  );
  expect(readLegacyColumns(backup ?? "")).toEqual(LEGACY);
});

test("a copy that a kill cut off counts as none, and goes at the next try", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  replaceDatabase(paths);
  await startAndStop(paths);
  const [whole = ""] = backupsOf(paths);
  replaceDatabase(paths);
  fillLegacyFile(paths.database, 100_000);

  await killWhileCopying(paths);
  expect(backupsOf(paths).filter((name) => name.endsWith(".db"))).toEqual([whole]);

  await startAndStop(paths);
  const [first, second = "", ...others] = backupsOf(paths);
  expect([first, others]).toEqual([whole, []]);
  const counted = "SELECT COUNT(*) AS n FROM messages";
  expect(queryRows(join(paths.backups, second), counted)).toEqual([
    { n: LEGACY.messages.length + 100_000 },
  ]);
});

/** Starts a daemon and kills it as soon as there is something of a new copy. */
async function killWhileCopying(paths: DataPaths): Promise<void> {
  const before = backupsOf(paths).length;
  const daemon = spawn(process.execPath, [DUOLOG, "serve", "--detached"], {
    env: cleanEnv(paths.root),
    stdio: "ignore",
  });
  const ended = once(daemon, "exit");
  while (backupsOf(paths).length === before && daemon.exitCode === null) await sleep(1);
  daemon.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
}

test("rows that are only in the WAL of a killed program are copied and upgraded too", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  const source = join(directory.path, "source.db");
  writeLegacyFile(source);
  const open = new Database(source);
  open.exec("UPDATE sessions SET title = 'in the WAL' WHERE id = 'ses_5f3'");
  for (const suffix of ["", "-wal"]) copyFileSync(source + suffix, paths.database + suffix);
  open.close();
  await startAndStop(paths);
  const inWal = [{ title: "in the WAL" }];
  const title = "SELECT title FROM sessions WHERE id = 'ses_5f3'";
  expect(queryRows(paths.database, title)).toEqual(inWal);
  expect(queryRows(join(paths.backups, backupsOf(paths)[0] ?? ""), title)).toEqual(inWal);
});
