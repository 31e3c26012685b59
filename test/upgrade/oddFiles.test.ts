import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { duolog, duologJson } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { dataDirectory, execute, temporary } from "./files.ts";
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

test("what of the user's own can't be made again is named, and nothing is changed", () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(paths.database, "CREATE INDEX messages_id_idx ON messages (role)");
  const before = readFileSync(paths.database);
  const { status, stderr } = duolog(paths.root, "serve");
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/index messages_id_idx is not duolog's.*drop it/),
  });
  expect(readFileSync(paths.database).equals(before)).toBe(true);
});
