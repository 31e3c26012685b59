import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { migrate } from "../../src/storage/migrate/migrate.ts";
import { readMigrations } from "../../src/storage/migrate/migrations.ts";
import { MIGRATIONS, temporary } from "./migrationFiles.ts";

const INIT = readFileSync(join(MIGRATIONS, "0001_init", "migration.sql"), "utf8");
const NAMES = readMigrations(MIGRATIONS).map(({ name }) => name);

function rows(file: string, sql: string): Record<string, unknown>[] {
  const db = new Database(file);
  try {
    return db.prepare(sql).all() as Record<string, unknown>[];
  } finally {
    db.close();
  }
}

/** A database from before the plan, filled by `sql` with foreign keys off, as an old one may be. */
function legacy(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(INIT);
  db.pragma("foreign_keys = OFF");
  db.exec(sql);
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}

describe("rows that the old tables did not rule out", () => {
  test.each([
    {
      name: "a message without a session gets one",
      sql: "INSERT INTO messages (id, session_id, role) VALUES ('m1', NULL, 'user')",
      sessions: [{ id: "unknown", title: null }],
      messages: [{ id: "m1", session_id: "unknown", role: "user" }],
    },
    {
      name: "a message of a session that is not there gets one of that id",
      sql: "INSERT INTO messages (id, session_id, role) VALUES ('m1', 'gone', 'user')",
      sessions: [{ id: "gone", title: null }],
      messages: [{ id: "m1", session_id: "gone", role: "user" }],
    },
    {
      name: "NULL ids are numbered, placeholders stay",
      sql: `INSERT INTO sessions (id, title) VALUES (NULL, 'Untitled Session');
            INSERT INTO messages (id, session_id) VALUES (NULL, NULL)`,
      sessions: [
        { id: "legacy-1", title: "Untitled Session" },
        { id: "unknown", title: null },
      ],
      messages: [{ id: "legacy-1", session_id: "unknown", role: null }],
    },
  ])("$name", ({ sql, sessions, messages }) => {
    using directory = temporary();
    const database = directory.at("duolog.db");
    legacy(database, sql);
    migrate({ database, backups: directory.backups, migrations: MIGRATIONS });
    expect(rows(database, "SELECT id, title FROM sessions ORDER BY id")).toMatchObject(sessions);
    expect(rows(database, "SELECT id, session_id, role FROM messages")).toMatchObject(messages);
    expect(rows(database, "PRAGMA foreign_key_check")).toEqual([]);
  });

  test("a number or time that is none becomes NULL, a fraction of a ms is dropped", () => {
    using directory = temporary();
    const database = directory.at("duolog.db");
    legacy(
      database,
      `INSERT INTO sessions (id, created_at, updated_at, prompt_tokens, cost)
       VALUES ('s', 'yesterday', 1769760000000.5, 'many', 'free')`,
    );
    migrate({ database, backups: directory.backups, migrations: MIGRATIONS });
    expect(
      rows(database, "SELECT created_at, updated_at, prompt_tokens, cost FROM sessions"),
    ).toMatchObject([
      { created_at: null, updated_at: 1769760000000, prompt_tokens: null, cost: null },
    ]);
  });

  test("rows are numbered as changes, sessions first, none twice", () => {
    using directory = temporary();
    const database = directory.at("duolog.db");
    legacy(
      database,
      `INSERT INTO sessions (id) VALUES ('b'), ('a');
       INSERT INTO messages (id, session_id) VALUES ('m2', 'b'), ('m1', 'gone')`,
    );
    migrate({ database, backups: directory.backups, migrations: MIGRATIONS });
    const numbers = rows(
      database,
      `SELECT id, changed_seq FROM sessions UNION ALL SELECT id, changed_seq FROM messages
       ORDER BY changed_seq`,
    );
    expect(numbers).toMatchObject([
      { id: "b", changed_seq: 1 },
      { id: "a", changed_seq: 2 },
      { id: "gone", changed_seq: 3 },
      { id: "m2", changed_seq: 4 },
      { id: "m1", changed_seq: 5 },
    ]);
  });
});

test("a new file: all migrations, WAL, no backup; the second time nothing", () => {
  using directory = temporary();
  const database = directory.at("duolog.db");
  const options = { database, backups: directory.backups, migrations: MIGRATIONS };
  expect(migrate(options)).toEqual({ applied: NAMES, baselined: false, backup: null });
  expect(rows(database, "PRAGMA journal_mode")).toMatchObject([{ journal_mode: "wal" }]);
  expect(migrate(options)).toEqual({ applied: [], baselined: false, backup: null });
});

test("a migration that fails in the middle leaves nothing of any", () => {
  using directory = temporary();
  const database = directory.at("duolog.db");
  const migrations = directory.at("migrations");
  const options = { database, backups: directory.backups };
  migrate({ ...options, migrations: MIGRATIONS });
  const before = rows(database, "SELECT name, sql FROM sqlite_master");
  for (const [name, sql] of [
    ...readMigrations(MIGRATIONS).map((migration) => [migration.name, migration.sql] as const),
    ["9001_good", "CREATE TABLE good (id INTEGER)"] as const,
    ["9002_bad", "CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1)"] as const,
  ]) {
    writeMigration(migrations, name, sql);
  }
  expect(() => migrate({ ...options, migrations })).toThrow(/nowhere/);
  expect(rows(database, "SELECT name, sql FROM sqlite_master")).toEqual(before);
  expect(rows(database, "SELECT * FROM _prisma_migrations")).toHaveLength(NAMES.length);
});

test.each([
  [4.9, /takes \d+ MB free/],
  [5.1, null],
])("room for %d times the database", (times, refused) => {
  using directory = temporary();
  const database = directory.at("duolog.db");
  legacy(database, "INSERT INTO sessions (id) VALUES ('s')");
  const size = readFileSync(database).length;
  const upgrade = () =>
    migrate({
      database,
      backups: directory.backups,
      migrations: MIGRATIONS,
      freeBytes: () => size * times,
    });
  if (refused) expect(upgrade).toThrow(refused);
  else expect(upgrade().baselined).toBe(true);
});

test("the log of an upgrade that was killed asks for no room", () => {
  using directory = temporary();
  const database = directory.at("duolog.db");
  legacy(directory.at("killed.db"), "INSERT INTO sessions (id) VALUES ('s')");
  const killed = new Database(directory.at("killed.db"));
  killed.exec("PRAGMA journal_mode = WAL; PRAGMA cache_size = 10; BEGIN");
  killed.exec("CREATE TABLE new (text); INSERT INTO new VALUES (zeroblob(1000000))");
  for (const end of ["", "-wal"]) copyFileSync(directory.at(`killed.db${end}`), database + end);
  killed.exec("ROLLBACK");
  killed.close();
  const { size } = statSync(database);
  expect(statSync(`${database}-wal`).size).toBeGreaterThan(2 * size);
  const freeBytes = () => size * 5.1;
  const options = { database, backups: directory.backups, migrations: MIGRATIONS, freeBytes };
  expect(migrate(options).baselined).toBe(true);
  expect(rows(database, "SELECT id FROM sessions")).toEqual([{ id: "s" }]);
});

test("an empty file is a new database", () => {
  using directory = temporary();
  const database = directory.at("duolog.db");
  writeFileSync(database, "");
  const options = { database, backups: directory.backups, migrations: MIGRATIONS };
  expect(migrate(options).applied).toEqual(NAMES);
});

function writeMigration(directory: string, name: string, sql: string): void {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, "migration.sql"), sql);
}

test("a backup that was put in the file's place is in WAL mode again", () => {
  using directory = temporary();
  const options = { backups: directory.backups, migrations: MIGRATIONS };
  migrate({ ...options, database: directory.at("a.db") });
  const restored = directory.at("b.db");
  const original = new Database(directory.at("a.db"));
  original.prepare("VACUUM INTO ?").run(restored);
  original.close();
  const modeOf = () => {
    const db = new Database(restored);
    const [row] = db.pragma("journal_mode") as { journal_mode: string }[];
    db.close();
    return row?.journal_mode;
  };
  expect(modeOf()).toBe("delete");
  migrate({ ...options, database: restored });
  expect(modeOf()).toBe("wal");
});
