import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Source, type ToolCallUpsert } from "@duolog/contract";
import type { FileCallsQuery } from "@duolog/contract/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Indexer } from "../../src/lifecycle/derived/Indexer.ts";
import { createFileService } from "../../src/services/questions/fileService.ts";
import { createRecordService, type RecordService } from "../../src/services/recordService.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { T } from "../rows.ts";
import { MIGRATIONS } from "../storage/migrationFiles.ts";

let made: string;
let storage: Storage;
let recorder: RecordService;
let keeper: Indexer;

beforeEach(async () => {
  made = mkdtempSync(join(tmpdir(), "duolog-files-"));
  const files = { database: join(made, "duolog.db"), backups: made };
  storage = await openStorage({ ...files, migrations: MIGRATIONS });
  recorder = await createRecordService({ storage, now: () => T, onFailure: () => {} });
  const log = { info() {}, warn() {}, error() {}, close: async () => {} };
  keeper = new Indexer({ ...recorder, store: storage.search, log });
});

afterEach(async () => {
  await keeper.stop();
  await recorder.stop();
  await storage.close();
  rmSync(made, { recursive: true });
});

const call = (n: number, fields: Omit<ToolCallUpsert, "id" | "sessionId"> & { in?: string }) => {
  const { in: sessionId = "a", ...rest } = fields;
  const at = T + n * 1_000;
  return { id: `c${n}`, sessionId, createdAt: at, updatedAt: at, status: "success", ...rest };
};

async function record(calls: ToolCallUpsert[]): Promise<void> {
  const source = { a: Source.opencode, b: Source.claude_code };
  const sessions = Object.entries(source).map(([id, source]) => {
    return { kind: "session", data: { id, source, title: `Of ${id}`, updatedAt: T } } as const;
  });
  const rows = calls.map((data) => ({ kind: "toolCall", data }) as const);
  const results = await recorder.ingest([...sessions, ...rows], null);
  expect(results.every(({ ok }) => ok)).toBe(true);
}

const MAIN = "/p/app/src/main.ts";
const CALLS = [
  call(0, { filePath: MAIN, kind: "read", name: "read" }),
  call(1, { filePath: MAIN, kind: "edit", name: "edit", in: "b" }),
  call(2, {
    filePath: "/p/app/b.ts",
    kind: "edit",
    data: JSON.stringify({ files: ["/p/app/b.ts", MAIN] }),
  }),
  call(3, { filePath: "/p/application/main.ts", kind: "write" }),
  call(4, { kind: "shell" }),
];

async function idsOf(query: Omit<FileCallsQuery, "limit"> & { limit?: number }) {
  const found = await createFileService(keeper, storage).fileCalls({ limit: 50, ...query });
  expect(found.complete).toBe(true);
  return found.calls.map(({ toolCallId }) => toolCallId);
}

test.each<[Omit<FileCallsQuery, "limit">, string[]]>([
  [{ path: MAIN }, ["c2", "c1", "c0"]],
  [{ path: "src/main.ts" }, ["c2", "c1", "c0"]],
  [{ path: "main.ts" }, ["c3", "c2", "c1", "c0"]],
  [{ path: "ain.ts" }, []],
  // A directory and all below it: a call once for each file.
  [{ path: "/p/app" }, ["c2", "c2", "c1", "c0"]],
  [{ path: "/p/app/" }, ["c2", "c2", "c1", "c0"]],
  [{ path: "app/src" }, ["c2", "c1", "c0"]],
  [{ path: "/p" }, ["c3", "c2", "c2", "c1", "c0"]],
  [{ path: "/q" }, []],
  [{ path: MAIN, source: Source.claude_code }, ["c1"]],
  [{ path: MAIN, session: "a", tool: "READ" }, ["c0"]],
  [{ path: MAIN, since: T + 1_000, until: T + 2_000 }, ["c1"]],
  [{ path: MAIN, without: ["a"] }, ["c1"]],
  [{ path: `x' OR 1=1 --` }, []],
])("the calls of %j are %j", async (query, ids) => {
  await record(CALLS);
  expect(await idsOf(query)).toEqual(ids);
});

test("calls come in pages, which part no call's files", async () => {
  await record(CALLS);
  const { fileCalls } = createFileService(keeper, storage);
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await fileCalls({ path: "/p", limit: 1, cursor });
    pages.push(page.calls.map(({ toolCallId }) => toolCallId));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(pages).toEqual([["c3"], ["c2", "c2"], ["c1"], ["c0"]]);
  const { calls } = await fileCalls({ path: MAIN, limit: 1 });
  expect(calls).toEqual([
    {
      path: MAIN,
      toolCallId: "c2",
      sessionId: "a",
      messageId: null,
      createdAt: T + 2_000,
      tool: null,
      kind: "edit",
      status: "success",
      source: "opencode",
      title: "Of a",
      project: null,
    },
  ]);
  await expect(fileCalls({ path: MAIN, limit: 1, cursor: "x" })).rejects.toThrow("cursor");
});

test("a call that was denied, or failed, read and changed nothing", async () => {
  await record([
    call(0, { filePath: MAIN, kind: "edit", status: "denied" }),
    call(1, { filePath: MAIN, kind: "read", status: "error" }),
    call(2, { filePath: MAIN, kind: "read", status: "interrupted" }),
  ]);
  const { listFiles } = createFileService(keeper, storage);
  const { files } = await listFiles(1);
  expect(files).toMatchObject([{ path: MAIN, reads: 1, changes: 0, lastAt: T + 2_000 }]);
});

test("files are listed by when they were touched last, with what was done", async () => {
  await record(CALLS);
  const { listFiles } = createFileService(keeper, storage);
  const { files, complete } = await listFiles(2);
  expect(complete).toBe(true);
  const of = { isCapped: false };
  expect(files).toEqual([
    { path: "/p/application/main.ts", reads: 0, changes: 1, sessions: 1, lastAt: T + 3_000, ...of },
    expect.objectContaining({ lastAt: T + 2_000 }),
  ]);
  const all = (await listFiles(50)).files;
  expect(all.find(({ path }) => path === MAIN)).toEqual({
    ...{ path: MAIN, reads: 1, changes: 2, sessions: 2, lastAt: T + 2_000 },
    ...of,
  });
  expect(all).toHaveLength(3);
});
