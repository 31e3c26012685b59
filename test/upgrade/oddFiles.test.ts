import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { duolog, duologJson } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { dataDirectory, execute, runMigrations, temporary } from "./files.ts";
import { LEGACY, writeLegacyFile } from "./legacy.ts";

test("bytes where a text belongs become their hexadecimal digits and spoil no reading", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(
    paths.database,
    `INSERT INTO sessions (id, title, model) VALUES ('odd', CAST('bytes' AS BLOB), x'ff00fe');
     INSERT INTO messages (id, session_id, text_content) VALUES ('odd', 'odd', CAST('hello' AS BLOB));`,
  );
  await using _daemon = await TestDaemon.start(paths.root);
  const sessions = duologJson<{ id: string; title: string | null }[]>(paths.root, "sessions");
  expect(sessions).toHaveLength(LEGACY.sessions.length + 1);
  expect(sessions.find(({ id }) => id === "odd")).toMatchObject({
    title: "6279746573",
    model: "FF00FE",
  });
  expect(duologJson(paths.root, "show", "odd")).toMatchObject({
    messages: [{ textContent: "68656C6C6F" }],
  });
  expect(duologJson(paths.root, "backfill-source")).toMatchObject({ dryRun: false });
});

test("a text that is no UTF-8 costs nobody else: it is shown, merged, imported and backfilled", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(
    paths.database,
    `INSERT INTO sessions (id, title, updated_at) VALUES ('ses_k', CAST(x'41ff42' AS TEXT), 1748952000000);
     INSERT INTO messages (id, session_id, text_content) VALUES ('m_k', 'ses_k', CAST(x'c3a9e2' AS TEXT));`,
  );
  const copy = join(directory.path, "copy.db");
  execute(paths.database, `VACUUM INTO '${copy}'`);
  await using daemon = await TestDaemon.start(paths.root);
  const shown = (session: object = {}) => ({
    session: { title: "A\ufffdB", ...session },
    messages: [{ textContent: "é\ufffd" }],
  });
  expect(duologJson(paths.root, "show", "ses_k")).toMatchObject(shown());
  expect(duologJson<unknown[]>(paths.root, "sessions")).toHaveLength(LEGACY.sessions.length + 1);
  const rpc = testClient(paths.root);
  const acks = [
    await rpc.upsertSession({ id: "ses_k", model: "m", updatedAt: 1_748_952_000_001 }),
    await rpc.upsertMessage({ id: "m_k", sessionId: "ses_k", role: "user" }),
  ];
  expect(acks).toEqual(Array(2).fill({ status: "stored", changed: true }));
  await rpc.close();
  expect(duologJson(paths.root, "show", "ses_k")).toMatchObject(shown({ model: "m" }));
  expect(duologJson(paths.root, "backfill-source")).toMatchObject({ dryRun: false });
  const imported = duologJson(paths.root, "import", "--database", copy);
  expect(imported).toMatchObject({ sessions: LEGACY.sessions.length + 1, refused: 0 });
  expect(daemon.process.exitCode).toBeNull();
});

test("rows without an id, and others that have the one they would be given, are all kept", () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(
    paths.database,
    `INSERT INTO sessions (rowid, id, title) VALUES (90, NULL, 'nameless'), (91, 'legacy-90', 'named');
     INSERT INTO messages (rowid, id, session_id) VALUES (90, NULL, 'ses_5f1'), (91, 'legacy-90', 'ses_5f1');`,
  );
  runMigrations(paths.database);
  const idsOf = (table: string, column: string) =>
    queryRows<{ id: string }>(
      paths.database,
      `SELECT id FROM ${table} WHERE ${column} >= 90 ORDER BY ${column}`,
    ).map(({ id }) => id);
  for (const ids of [idsOf("sessions", "rowid"), idsOf("messages", "key")]) {
    expect(ids).toEqual([expect.stringMatching(/^legacy-90-[\da-f]{16}$/), "legacy-90"]);
  }
});

test("views, triggers and indexes of the user's own are there after the upgrade, and work", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(
    paths.database,
    `CREATE TABLE noted (id TEXT);
     CREATE VIEW "my ""view" AS SELECT id AS name FROM sessions;
     CREATE INDEX my_titles ON sessions (title);
     CREATE TRIGGER "note ""it" AFTER INSERT ON sessions BEGIN INSERT INTO noted VALUES (new.id); END;
     CREATE TRIGGER named INSTEAD OF INSERT ON "my ""view"
       BEGIN INSERT INTO sessions (id) VALUES (new.name); END;`,
  );
  const own = () =>
    queryRows(
      paths.database,
      `SELECT type, name, sql FROM sqlite_master
       WHERE name IN ('my "view', 'my_titles', 'note "it', 'named', 'noted') ORDER BY name`,
    );
  const before = own();
  expect(before).toHaveLength(5);
  await using _daemon = await TestDaemon.start(paths.root);
  expect(own()).toEqual(before);
  const rows = queryRows(paths.database, `SELECT name FROM "my ""view"`);
  expect(rows).toHaveLength(LEGACY.sessions.length);
  const rpc = testClient(paths.root);
  expect(await rpc.upsertSession({ id: "new" })).toMatchObject({ status: "stored" });
  await rpc.close();
  expect(queryRows(paths.database, "SELECT id FROM noted")).toEqual([{ id: "new" }]);
});

test("a search index of the user's own finds what it found: rows keep their numbers", () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(
    paths.database,
    `PRAGMA foreign_keys = OFF;
     INSERT INTO messages (rowid, id, session_id, text_content)
       VALUES (50, 'm_far', 'ses_5f1', 'zanzibar'), (1000, 'm_lone', 'nowhere', 'yucatan');
     DELETE FROM messages WHERE rowid = 2;
     INSERT INTO sessions (rowid, id, title) VALUES (70, 'far', 'far away');
     CREATE VIRTUAL TABLE found USING fts5 (text_content, content = 'messages', content_rowid = 'rowid');
     INSERT INTO found (found) VALUES ('rebuild');`,
  );
  const numbered = (column: string) => {
    const sql = `SELECT ${column} AS n, id FROM messages UNION ALL
      SELECT rowid, id FROM sessions WHERE id <> 'nowhere' ORDER BY n, id`;
    return queryRows(paths.database, sql);
  };
  const before = numbered("rowid");
  runMigrations(paths.database);
  expect(numbered("key")).toEqual(before);
  expect(
    queryRows(
      paths.database,
      "SELECT id FROM messages WHERE key IN (SELECT rowid FROM found WHERE found MATCH 'zanzibar')",
    ),
  ).toEqual([{ id: "m_far" }]);
  expect(queryRows(paths.database, "SELECT id FROM sessions WHERE rowid > 70")).toEqual([
    { id: "nowhere" },
  ]);
  expect(queryRows(paths.database, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
});

test.each([
  ["sessions", "is kept", null],
  ["messages", "is named, and nothing is changed", /table tags.*refers to messages.*REFERENCES/],
])("a table of the user's own that refers to %s %s", (table, _what, refused) => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(
    paths.database,
    `CREATE TABLE tags (tag, of TEXT REFERENCES ${table} (id) ON DELETE CASCADE);
     INSERT INTO tags SELECT 'good', id FROM ${table} LIMIT 1;
     CREATE TABLE own (a PRIMARY KEY); CREATE TABLE broken (b REFERENCES own (a));
     PRAGMA foreign_keys = OFF; INSERT INTO broken VALUES (7);`,
  );
  const before = readFileSync(paths.database);
  if (refused) {
    expect(() => runMigrations(paths.database)).toThrow(refused);
    expect(readFileSync(paths.database).equals(before)).toBe(true);
  } else {
    runMigrations(paths.database);
    expect(queryRows(paths.database, "SELECT tag FROM tags")).toEqual([{ tag: "good" }]);
  }
});

test("what of the user's own can't be made again is named, and nothing is changed", () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(paths.database, "CREATE INDEX messages_id_copied_from_id_idx ON messages (role)");
  const before = readFileSync(paths.database);
  const { status, stderr } = duolog(paths.root, "serve");
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/index messages_id_copied_from_id_idx is not duolog's.*drop it/),
  });
  expect(readFileSync(paths.database).equals(before)).toBe(true);
});
