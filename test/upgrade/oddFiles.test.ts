import { join } from "node:path";
import { expect, test } from "vitest";
import { duologJson } from "../harness/command.ts";
import { TestDaemon } from "../harness/daemon.ts";
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

test("a view of the user's own is there after the upgrade, and shows the new table", async () => {
  using directory = temporary();
  const paths = dataDirectory(join(directory.path, "data"));
  writeLegacyFile(paths.database);
  execute(paths.database, `CREATE VIEW "my ""view" AS SELECT id AS name FROM sessions`);
  await using _daemon = await TestDaemon.start(paths.root);
  const rows = queryRows(paths.database, `SELECT name FROM "my ""view"`);
  expect(rows).toHaveLength(LEGACY.sessions.length);
});
