import { Source } from "@duolog/contract";
import type { Filter, SessionSummary } from "@duolog/contract/server";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { narrowSessions } from "../../src/services/questions/narrowSessions.ts";
import { sessionQuestion } from "../../src/services/questions/sessions.ts";
import { createReadService } from "../../src/services/readService.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { callRow, messageRow, sessionRow, T } from "../rows.ts";
import { eachAlone } from "../storage/eachAlone.ts";
import { MIGRATIONS, temporary } from "../storage/migrationFiles.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;

const HOUR = 3_600_000;
const SESSIONS = [
  { id: "app", source: Source.opencode, projectPath: "/home/u/app", projectName: "app" },
  { id: "child", source: Source.opencode, parentId: "app", projectPath: "/home/u/app/web" },
  {
    id: "grandchild",
    source: Source.opencode,
    parentId: "child",
    projectPath: "/home/u/application",
  },
  { id: "claude", source: Source.claude_code, projectPath: "/home/u/other", projectName: "other" },
  { id: "untimed", source: null, createdAt: null, updatedAt: null },
];
const MODELS = ["gpt-5", null, "GPT-5-mini", "claude-opus-4-5", null];

beforeEach(async () => {
  directory = temporary();
  const database = directory.at("duolog.db");
  storage = await openStorage({ database, backups: directory.backups, migrations: MIGRATIONS });
  const file = eachAlone(storage);
  // Each begins an hour after the one before, and lasts two.
  const rows = SESSIONS.map((fields, i) =>
    sessionRow({
      createdAt: T + i * HOUR,
      updatedAt: T + (i + 2) * HOUR,
      model: MODELS[i] ?? null,
      ...fields,
    }),
  );
  await file.write("session", rows);
  await file.write("message", [
    messageRow({ id: "m1", sessionId: "app", role: "user" }),
    messageRow({ id: "m2", sessionId: "app", role: "assistant" }),
    messageRow({ id: "m3", sessionId: "claude", role: "assistant" }),
  ]);
  await file.write("toolCall", [
    callRow({ id: "c1", sessionId: "app", name: "edit", filePath: "/home/u/app/src/main.ts" }),
    callRow({
      id: "c2",
      sessionId: "child",
      name: "apply_patch",
      filePath: "/home/u/app/a.ts",
      data: JSON.stringify({ files: ["/home/u/app/a.ts", "/home/u/app/src/main.ts", 7, null] }),
    }),
    callRow({ id: "c3", sessionId: "claude", name: "Edit", filePath: "/x/notmain.ts" }),
    // What a damaged file may hold.
    callRow({ id: "c4", sessionId: "claude", name: "Read", data: '{"files": [' }),
  ]);
});

afterEach(async () => {
  await storage.close();
  directory[Symbol.dispose]();
});

describe("sessions that a filter lets through, newest first", () => {
  test.each<[Filter, string[]]>([
    [{}, ["claude", "grandchild", "child", "app", "untimed"]],
    [{ source: Source.opencode }, ["grandchild", "child", "app"]],
    [{ project: "app" }, ["app"]],
    [{ project: "/home/u/app" }, ["child", "app"]],
    [{ project: "/home/u/app/" }, ["child", "app"]],
    [{ project: "/" }, ["claude", "grandchild", "child", "app"]],
    [{ model: "GPT" }, ["grandchild", "app"]],
    [{ model: "gpt-5-" }, ["grandchild"]],
    [{ model: "%" }, []],
    [{ role: "user" }, ["app"]],
    [{ role: "assistant" }, ["claude", "app"]],
    [{ tool: "EDIT" }, ["claude", "app"]],
    [{ file: "/home/u/app/src/main.ts" }, ["child", "app"]],
    [{ file: "src/main.ts" }, ["child", "app"]],
    [{ file: "main.ts" }, ["child", "app"]],
    [{ file: "/main.ts" }, ["child", "app"]],
    [{ file: "ain.ts" }, []],
    // Of one call, not of two.
    [{ tool: "edit", file: "main.ts" }, ["app"]],
    [{ tool: "read", file: "main.ts" }, []],
    // The first ends at T + 2 h, the second at T + 3 h.
    [{ since: T + 3 * HOUR }, ["claude", "grandchild", "child"]],
    [{ until: T + HOUR }, ["app"]],
    [{ until: T + HOUR + 1 }, ["child", "app"]],
    [{ since: T + 3 * HOUR, until: T + 2 * HOUR }, ["child"]],
    [{ session: "app" }, ["grandchild", "child", "app"]],
    [{ session: "child" }, ["grandchild", "child"]],
    [{ session: "gone" }, []],
    [{ without: ["child"] }, ["claude", "app", "untimed"]],
    [{ without: ["child", "claude"], source: Source.opencode }, ["app"]],
    [{ withoutProjects: ["/home/u/app", "/x"] }, ["claude", "grandchild", "child", "untimed"]],
    [{ project: `app' OR "1"="1` }, []],
  ])("%j", async (filter, expected) => {
    const reader = createReadService(storage);
    const { items, nextCursor } = await reader.listSessions({ limit: 50, ...filter });
    expect(items.map(({ id }) => id)).toEqual(expected);
    expect(nextCursor).toBeNull();
    expect(await inPages(filter)).toEqual(expected);
    const narrow = narrowSessions(filter);
    const whole = await storage.listSessions(50, null, { narrow, since: null, inside: {} });
    expect(whole.sessions.map(({ session }) => session.id)).toEqual(expected);
  });
});

async function inPages(filter: Filter): Promise<string[]> {
  const reader = createReadService(storage);
  const found: SessionSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await reader.listSessions({ limit: 1, cursor, ...filter });
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found.map(({ id }) => id);
}

test("more sessions than one turn looks at are all looked at, each once", async () => {
  const many = Array.from({ length: 4_500 }, (_, i) =>
    sessionRow({
      id: `many-${i}`,
      source: Source.opencode,
      projectPath: i % 900 === 0 ? "/rare" : null,
      // Several of one time, and some of none.
      updatedAt: i < 4_400 ? T - Math.floor(i / 3) : null,
    }),
  );
  await eachAlone(storage).write("session", many);
  const expected = ["many-0", "many-900", "many-1800", "many-2700", "many-3600"];
  expect(await inPages({ project: "/rare" })).toEqual(expected);
  const reader = createReadService(storage);
  const { items } = await reader.listSessions({ limit: 50, project: "/rare" });
  expect(items.map(({ id }) => id)).toEqual(expected);
  // What is in them is looked for a hundred at a time.
  expect(await inPages({ tool: "edit" })).toEqual(["claude", "app"]);
});

test("what is asked for is a value, never a part of the SQL", () => {
  const hostile = "'; DROP TABLE sessions; --";
  const filter = { project: hostile, model: hostile, tool: hostile, file: hostile, role: hostile };
  const without = [hostile];
  const { narrow, inside } = sessionQuestion(
    { ...filter, session: hostile, without, withoutProjects: without },
    { session: [hostile], without },
  );
  const parts = [narrow, ...Object.values(inside)];
  expect(parts).toHaveLength(3);
  for (const { where, values } of parts) {
    expect(where).not.toContain("DROP");
    expect(values.flat().every((value) => String(value).endsWith(hostile))).toBe(true);
  }
});
