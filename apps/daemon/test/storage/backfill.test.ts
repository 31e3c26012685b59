import { readdirSync } from "node:fs";
import Database from "libsql";
import { expect, test } from "vitest";
import { backfillSource } from "../../src/storage/backfill/backfill.ts";
import { migrate } from "../../src/storage/migrate/migrate.ts";
import { MIGRATIONS, temporary } from "./migrationFiles.ts";

test("a backfill that another program's lock refuses leaves no copy", { timeout: 20_000 }, () => {
  using directory = temporary();
  const { backups } = directory;
  const database = directory.at("duolog.db");
  migrate({ database, backups, migrations: MIGRATIONS });
  const other = new Database(database);
  other.exec(`INSERT INTO sessions (id, changed_seq) VALUES ('ses_1', 1);
    INSERT INTO messages (session_id, id, changed_seq) VALUES ('ses_1', 'msg_1', 2)`);
  const backfill = () =>
    backfillSource({ database, backups, lastChange: 2, now: new Date(), dryRun: false });
  other.exec("BEGIN IMMEDIATE");
  expect(backfill).toThrow(/locked/);
  expect(readdirSync(backups)).toEqual([]);
  other.exec("ROLLBACK");
  other.close();
  expect(backfill().lastChange).toBe(4);
  expect(readdirSync(backups)).toHaveLength(1);
});
