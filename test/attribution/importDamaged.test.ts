import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { ingestInto } from "../faults/messages.ts";
import { duolog, duologJson } from "../harness/command.ts";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { dataDirectory, temporary } from "../upgrade/files.ts";

vi.setConfig({ testTimeout: 40_000 });

/** A data directory with so many messages, whose daemon has ended by a signal. */
async function recorded(root: string, messages: number, signal: NodeJS.Signals) {
  const paths = dataDirectory(root);
  await using daemon = await TestDaemon.start(paths.root);
  for (let n = 0; n < messages; n += 10) {
    expect((await ingestInto(paths.root, n, n + 10)).every(({ ok }) => ok)).toBe(true);
  }
  await daemon.stop(signal);
  return paths;
}

function overwrite(file: string, at: number, bytes: number, by = 0x5a): void {
  const fd = openSync(file, "r+");
  writeSync(fd, Buffer.alloc(bytes, by), 0, bytes, at);
  closeSync(fd);
}

test("import of a file with a damaged page takes over all but the rows on it, and says so", async () => {
  using directory = temporary();
  const { database } = await recorded(join(directory.path, "there"), 400, "SIGTERM");
  const before = queryRows(database, "SELECT id, text_content FROM messages");
  const [root] = queryRows<{ rootpage: number }>(
    database,
    "SELECT rootpage FROM sqlite_master WHERE name = 'messages'",
  );
  const middle = Math.floor(statSync(database).size / 4_096 / 2);
  overwrite(database, Math.max(middle, Number(root?.rootpage)) * 4_096, 4_096);
  const content = readFileSync(database);
  const here = dataDirectory(join(directory.path, "here"));
  await using _daemon = await TestDaemon.start(here.root);
  const told = duologJson(here.root, "import", "--database", database);
  const after = queryRows(here.database, "SELECT id, text_content FROM messages");
  // A page of 4 KB holds no more than eight rows with their text of 500 bytes.
  expect(after.length).toBeGreaterThanOrEqual(400 - 8);
  expect(told).toMatchObject({ sessions: 1, messages: after.length, refused: 0, unreadable: 1 });
  for (const row of after) expect(before).toContainEqual(row);
  expect(readFileSync(database).equals(content)).toBe(true);
  expect(readdirSync(here.root).filter((name) => /^import-\d/.test(name))).toEqual([]);
});

test("import of a file with a page of zeros, whose rows SQLite would not copy, takes over the others", async () => {
  using directory = temporary();
  const { database } = await recorded(join(directory.path, "there"), 400, "SIGTERM");
  const content = readFileSync(database);
  // The last page with a row's text, but for its first bytes, which tell how many rows are on it.
  const page = Math.floor(content.lastIndexOf("version ") / 4_096);
  overwrite(database, page * 4_096 + 512, 4_096 - 512, 0);
  const here = dataDirectory(join(directory.path, "here"));
  await using _daemon = await TestDaemon.start(here.root);
  duologJson(here.root, "import", "--database", database);
  const after = queryRows(here.database, "SELECT id FROM messages");
  expect(after.length).toBeGreaterThanOrEqual(400 - 8);
});

test("import of a file whose log is damaged loses no commit behind the damage", async () => {
  using directory = temporary();
  const { database } = await recorded(join(directory.path, "there"), 120, "SIGKILL");
  const wal = `${database}-wal`;
  // Both sums of a frame.
  overwrite(wal, 32 + 20 * (24 + 4_096) + 16, 8);
  const content = readFileSync(wal);
  const here = dataDirectory(join(directory.path, "here"));
  await using _daemon = await TestDaemon.start(here.root);
  const told = duologJson(here.root, "import", "--database", database);
  expect(told).toMatchObject({ sessions: 1, messages: 120, refused: 0 });
  expect(readFileSync(wal).equals(content)).toBe(true);
});

test("import of a file of which nothing can be read says so", async () => {
  using directory = temporary();
  const { database } = await recorded(join(directory.path, "there"), 10, "SIGTERM");
  overwrite(database, 100, statSync(database).size - 100);
  const here = dataDirectory(join(directory.path, "here"));
  await using _daemon = await TestDaemon.start(here.root);
  const { status, stderr } = duolog(here.root, "import", "--database", database);
  expect(status).toBe(1);
  expect(stderr).toContain("can't read");
});
