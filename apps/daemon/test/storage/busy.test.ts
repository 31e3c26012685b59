import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LibSqlByReference } from "../../src/storage/libSqlByReference.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "duolog-busy-"));
  file = join(directory, "a.db");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const SETTINGS = "PRAGMA busy_timeout = 0; PRAGMA cache_size = -77";
const INSERT = "INSERT INTO t SELECT ?";

async function connected() {
  const url = `file:${file}`;
  const adapter = new LibSqlByReference({ url }, SETTINGS);
  const client = adapter.createClient({ url });
  await client.executeMultiple("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
  const write = (text: string) =>
    client.execute({ sql: INSERT, args: [adapter.refer(text, "write")] });
  return { client, write };
}

/** As any other process sees it. */
function seen(): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return (db.prepare("SELECT a FROM t ORDER BY rowid").all() as { a: unknown }[]).map((r) => r.a);
  } finally {
    db.close();
  }
}

test("what is written after another program's lock is committed", async () => {
  const { client, write } = await connected();
  const other = new Database(file);
  other.exec("BEGIN IMMEDIATE");
  for (let n = 0; n < 3; n += 1) {
    await expect(write("early")).rejects.toMatchObject({ code: "SQLITE_BUSY" });
  }
  other.exec("ROLLBACK");
  await write("late");
  expect(seen()).toEqual(["late"]);
  client.close();
  other.close();
});

test("the same where the lock is taken between the look and the write", async () => {
  const { client, write } = await connected();
  const other = new Database(file);
  const look = client.executeMultiple.bind(client);
  client.executeMultiple = async (sql) => {
    await look(sql);
    if (sql.startsWith("BEGIN")) other.exec("BEGIN IMMEDIATE");
  };
  await expect(write("early")).rejects.toMatchObject({ code: "SQLITE_BUSY" });
  other.exec("ROLLBACK");
  client.executeMultiple = look;
  await write("late");
  expect(seen()).toEqual(["late"]);
  const { rows } = await client.execute({ sql: "PRAGMA cache_size", args: [] });
  expect(rows[0]?.cache_size).toBe(-77);
  client.close();
  expect(existsSync(file)).toBe(true);
  other.close();
});
