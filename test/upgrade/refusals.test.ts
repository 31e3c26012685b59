import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { cleanEnv, DUOLOG } from "../harness/daemon.ts";
import { dataDirectory, execute, runMigrations, sha256, temporary } from "./files.ts";
import { LEGACY, writeLegacyFile } from "./legacy.ts";
import { MIGRATION_NAMES, run } from "./prisma.ts";

/** What the daemon does, as a process, with a database that it can't or must not upgrade. */

vi.setConfig({ testTimeout: 40_000 });

const LAST = MIGRATION_NAMES.at(-1);

function migrated(database: string, sql: string): void {
  writeLegacyFile(database);
  runMigrations(database);
  execute(database, sql);
}

/** A row of text that makes the file larger than any limit set below. */
const BIG = { ...LEGACY.messages[1], id: "msg_big", text_content: "x".repeat(3_000_000) };
const BIG_LEGACY = {
  ...LEGACY,
  messages: [...LEGACY.messages, BIG as (typeof LEGACY.messages)[number]],
};

const CASES: [string, (database: string) => void, RegExp][] = [
  [
    "a file from a newer version",
    (database) =>
      migrated(
        database,
        `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
         VALUES ('future', 'c0ffee', 1, '9998_future', 1)`,
      ),
    /migration 9998_future.*newer duolog; upgrade duolog/,
  ],
  [
    "a failed migration",
    (database) => migrated(database, "UPDATE _prisma_migrations SET finished_at = NULL"),
    /migration 0001_init was begun .* never finished; restore a backup/,
  ],
  [
    "an edited migration",
    (database) =>
      migrated(
        database,
        `UPDATE _prisma_migrations SET checksum = 'beef' WHERE migration_name = '${LAST}'`,
      ),
    new RegExp(`migration ${LAST} .* edited`),
  ],
  [
    "a migration left out",
    (database) =>
      migrated(database, "DELETE FROM _prisma_migrations WHERE migration_name = '0001_init'"),
    /not the earlier 0001_init/,
  ],
  [
    "a text file",
    (database) => writeFileSync(database, "Dear diary,\n".repeat(1000)),
    /is no SQLite database/,
  ],
  [
    "a text file of a few bytes",
    (database) => writeFileSync(database, "hello"),
    /is no SQLite database/,
  ],
  [
    "a database of another program",
    (database) => execute(database, "CREATE TABLE recipes (id INTEGER PRIMARY KEY)"),
    /tables that are not duolog's; move the file away/,
  ],
  [
    "an old file with a column of somebody's own",
    (database) => {
      writeLegacyFile(database);
      execute(database, "ALTER TABLE messages ADD COLUMN rating INTEGER");
    },
    /no history of migrations.* \(messages has rating\); make them so/,
  ],
  [
    "an old file with one of the two tables",
    (database) => {
      writeLegacyFile(database);
      execute(database, "DROP TABLE messages");
    },
    /no history of migrations.* \(there is no table messages\)/,
  ],
  [
    "a file whose history was emptied",
    (database) => migrated(database, "DELETE FROM _prisma_migrations"),
    /no history of migrations.* \(sessions has source, .* and \d+ more\)/,
  ],
];

/** The database's files and backups, by content. */
function stateOf(root: string) {
  const files = readdirSync(root).filter((name) => name.startsWith("duolog.db"));
  const backups = join(root, "backups");
  return {
    database: sha256(join(root, "duolog.db")),
    files: files.filter((name) => !/-(shm|wal)$/.test(name)),
    backups: existsSync(backups) ? readdirSync(backups) : [],
  };
}

const serve = [process.execPath, DUOLOG, "serve"];

describe.each(CASES)("%s", (_, make, message) => {
  test("is refused with a reason, and left as it was", async () => {
    using directory = temporary();
    const { root, database } = dataDirectory(join(directory.path, "data"));
    make(database);
    const before = stateOf(root);
    const { code, output } = await run(serve, { env: cleanEnv(root) });
    expect(output).toMatch(message);
    expect(output).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
    expect(stateOf(root)).toEqual(before);
  });
});

describe("no room", () => {
  test("for the backup under a limit of file sizes: refused, and left as it was", async () => {
    using directory = temporary();
    const { root, database } = dataDirectory(join(directory.path, "data"));
    writeLegacyFile(database, BIG_LEGACY);
    const before = stateOf(root);
    // 2000 blocks of 512 bytes, a third of the database.
    const limited = ["sh", "-c", 'ulimit -f 2000 && exec "$0" "$@"', ...serve];
    const { code, output } = await run(limited, { env: cleanEnv(root) });
    expect(output).toMatch(/can't write the backup/);
    expect(code).toBe(1);
    expect(stateOf(root)).toEqual(before);
  });

  const own = (script: string, ...args: string[]) => [
    "unshare",
    "-rm",
    "sh",
    "-c",
    script,
    ...args,
  ];
  const [unshare = "", ...probe] = own("mount -t tmpfs none /mnt");
  const canMount = spawnSync(unshare, probe).status === 0;

  test.runIf(canMount)("on a small disk: refused before anything is written", async () => {
    using directory = temporary();
    const { root } = dataDirectory(join(directory.path, "data"));
    const file = join(directory.path, "legacy.db");
    writeLegacyFile(file, BIG_LEGACY);
    const disk = join(directory.path, "disk");
    mkdirSync(disk, { mode: 0o700 });
    const script = `mount -t tmpfs -o size=8m,mode=700 none "$0" && cp "$1" "$0/duolog.db" && shift &&
      { DUOLOG_DATA_DIR="$0" "$@"; code=$?; sha256sum < "$0/duolog.db"; ls "$0/backups"; exit $code; }`;
    const { code, output } = await run(own(script, disk, file, ...serve), { env: cleanEnv(root) });
    expect(output).toMatch(/takes \d+ MB free in .*, which has \d MB; free some and start again/);
    expect(output).toContain(sha256(file));
    expect(output).not.toContain(".db\n");
    expect(code).toBe(1);
  });
});
