import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { duolog, duologJson } from "../harness/command.ts";
import { TestDaemon, testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { dataDirectory, sha256, temporary } from "../upgrade/files.ts";
import { LEGACY, readLegacyColumns, writeLegacyFile } from "../upgrade/legacy.ts";

const byId = <Row extends { id: unknown }>(rows: Row[]) =>
  [...rows].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));

/** Empty texts are absent (M3) and so is a count that can't be; the rest of LEGACY is as it was. */
const expected = <Row extends object>(rows: Row[]) =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        value === "" || value === 2 ** 53 - 1 ? null : value,
      ]),
    ),
  ) as Row[];

test("import takes over every row of a file from before the plan, once, and leaves the file alone", async () => {
  using directory = temporary();
  const file = join(directory.path, "clankers.db");
  writeLegacyFile(file);
  const before = sha256(file);
  const paths = dataDirectory(join(directory.path, "data"));
  await using _daemon = await TestDaemon.start(paths.root);
  const first = duologJson(paths.root, "import", "--database", file);
  expect(first).toMatchObject({ sessions: 5, messages: 6, refused: 0 });
  const rows = readLegacyColumns(paths.database);
  const changes =
    "SELECT id, changed_seq FROM sessions UNION ALL SELECT id, changed_seq FROM messages";
  const numbers = queryRows(paths.database, changes);
  expect(byId(rows.messages)).toEqual(byId(expected(LEGACY.messages)));
  const withoutTimes = (all: typeof rows.sessions) =>
    byId(all).map(({ updated_at, ...rest }) => rest);
  expect(withoutTimes(rows.sessions)).toEqual(withoutTimes(expected(LEGACY.sessions)));

  const second = duologJson(paths.root, "import", "--database", file);
  expect(second).toMatchObject({ sessions: 5, messages: 6, changed: 0, refused: 0 });
  expect(queryRows(paths.database, changes)).toEqual(numbers);
  expect(sha256(file)).toBe(before);
});

test("what an import that was killed left is removed by the next one, another's that runs is not", () => {
  using directory = temporary();
  const file = join(directory.path, "clankers.db");
  writeLegacyFile(file);
  const paths = dataDirectory(join(directory.path, "data"));
  // No process can have this id.
  for (const pid of [4_194_305, process.pid]) mkdirSync(join(paths.root, `import-${pid}-x`));
  duologJson(paths.root, "import", "--database", file);
  duolog(paths.root, "stop");
  const left = readdirSync(paths.root).filter((name) => /^import-\d/.test(name));
  expect(left).toEqual([`import-${process.pid}-x`]);
});

test("M4: what was recorded since is not set back by an import", async () => {
  using directory = temporary();
  const file = join(directory.path, "clankers.db");
  writeLegacyFile(file);
  const paths = dataDirectory(join(directory.path, "data"));
  await using _daemon = await TestDaemon.start(paths.root);
  const rpc = testClient(paths.root, "opencode-plugin");
  await rpc.upsertSession({
    id: "ses_5f1",
    title: "A newer title",
    model: "m-new",
    promptTokens: 5,
  });
  await rpc.close();
  duologJson(paths.root, "import", "--database", file);
  const [row] = queryRows(paths.database, "SELECT * FROM sessions WHERE id = 'ses_5f1'");
  expect(row).toMatchObject({
    title: "A newer title",
    model: "m-new",
    provider: "anthropic",
    prompt_tokens: 120_345,
    source: "opencode",
  });
});

test("import takes over a file of this version, rows as they are", async () => {
  using directory = temporary();
  const there = dataDirectory(join(directory.path, "there"));
  const here = dataDirectory(join(directory.path, "here"));
  await using first = await TestDaemon.start(there.root);
  const rpc = testClient(there.root, "opencode-plugin");
  const T = 1_769_760_000_000;
  const at = (n: number) => ({ observedAt: T + n, observedSeq: n });
  await rpc.upsertSession({ id: "s", title: "Old title", titleKind: "generated", ...at(1) });
  await rpc.upsertSession({ id: "s", model: "m", source: "opencode", cost: 0.1, ...at(3) });
  await rpc.upsertMessage({ id: "m", sessionId: "s", role: "user", textContent: "hi", ...at(2) });
  await rpc.close();
  await first.stop();
  await using _second = await TestDaemon.start(here.root);
  duologJson(here.root, "import", "--database", there.database);
  for (const table of ["sessions", "messages"]) {
    const rows = (file: string) =>
      queryRows(file, `SELECT * FROM ${table}`).map(({ changed_seq, key, ...rest }) => rest);
    const inferred = (all: Record<string, unknown>[]) =>
      table === "messages" ? all.map((row) => ({ ...row, source: null, source_inferred: 0 })) : all;
    expect(rows(here.database)).toEqual(inferred(rows(there.database)));
  }
});

test.each([
  ["that is not there", null, "there is no file"],
  ["that is no database", "hello, I am a text\n".repeat(50), "can't read"],
])("import of a file %s says so and changes nothing", async (_what, content, said) => {
  using directory = temporary();
  const file = join(directory.path, "other.db");
  if (content) writeFileSync(file, content);
  const paths = dataDirectory(join(directory.path, "data"));
  await using _daemon = await TestDaemon.start(paths.root);
  const run = duolog(paths.root, "import", "--database", file);
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(said);
  expect(run.stderr).not.toContain("    at ");
  expect(duologJson<{ sessions: number }>(paths.root, "status").sessions).toBe(0);
});
