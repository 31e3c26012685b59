import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type { IngestRecord } from "@duolog/contract";
import fc from "fast-check";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { T } from "../rows.ts";
import { QUERY, type SearchBed, searchBed } from "./bed.ts";
import { call, message, session } from "./records.ts";

let bed: SearchBed;

beforeEach(async () => {
  bed = await searchBed();
});

afterEach(async () => {
  await bed.close();
  bed.directory[Symbol.dispose]();
});

/** As a daemon that ends, and the next one; `between` does something to the files. */
async function again(between = () => {}): Promise<void> {
  await bed.close();
  between();
  bed = await searchBed(bed.directory);
}

const ids = async (words: string) =>
  (await bed.find(words, { each: true })).hits.map(({ messageId }) => messageId);

const many = (count: number, from = 0): IngestRecord[] =>
  Array.from({ length: count }, (_, n) => message("s", `m${from + n}`, `word number${from + n}`));

test("what is written is found at once, what changed as it is now", async () => {
  await bed.ingest([session("s"), message("s", "m", "alpha", { updatedAt: T })]);
  expect(await ids("alpha")).toEqual(["m"]);
  await bed.ingest([message("s", "m", "alpha and beta", { updatedAt: T + 1 })]);
  expect(await ids("beta")).toEqual(["m"]);
  await bed.ingest([message("s", "m", "gamma", { updatedAt: T + 2 })]);
  expect(await ids("gamma")).toEqual(["m"]);
  expect(await ids("alpha")).toEqual([]);
});

test("nobody but its user may read it, and nothing is there before something is recorded", async () => {
  await bed.find("word");
  expect(existsSync(bed.index)).toBe(false);
  await bed.ingest([session("s"), message("s", "m", "alpha")]);
  await bed.find("alpha");
  expect(statSync(bed.index).mode & 0o777).toBe(0o600);
});

test("it waits while anything is written, and a search tells what is missing", async () => {
  await bed.ingest([session("s"), ...many(10)]);
  let release = () => {};
  const written = bed.recorder.exclusive(async (lastChange) => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return { lastChange, result: null };
  });
  const { hits, complete, behind } = await bed.service.find({ ...QUERY, words: "word" });
  expect([hits, complete, behind]).toEqual([[], false, 11]);
  const began = performance.now();
  await bed.service.ready(300);
  expect(performance.now() - began).toBeGreaterThan(290);
  expect(bed.indexer.behind()).toBe(11);
  release();
  await written;
  expect(await ids("number3")).toEqual(["m3"]);
});

test("who is gone is not waited for", async () => {
  await bed.ingest([session("s"), ...many(1)]);
  const written = bed.recorder.exclusive(async (lastChange, signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { lastChange, result: null };
  });
  written.catch(() => {});
  let isGone = false;
  setTimeout(() => {
    isGone = true;
  }, 50);
  const began = performance.now();
  await bed.service.ready(10_000, () => isGone);
  expect(performance.now() - began).toBeLessThan(5_000);
});

describe("the next daemon", () => {
  test("takes up where the one before was killed, the newest first", async () => {
    await bed.ingest([session("s"), ...many(450)]);
    await again(() => rmSync(bed.index, { force: true }));
    const index = bed.storage.search.open(bed.recorder.lastChange());
    // Some turns of many.
    while (index.upkeep.behind(451) > 400) await index.upkeep.turn(bed.recorder.lastChange());
    index.close();
    await again();
    expect(bed.indexer.behind()).toBeLessThan(451);
    expect(bed.indexer.behind()).toBeGreaterThan(0);
    const { hits, complete } = await bed.service.find({ ...QUERY, words: "number449" });
    expect([hits.map(({ messageId }) => messageId), complete]).toEqual([["m449"], false]);
    await bed.whole();
    expect(await ids("number0")).toEqual(["m0"]);
  });

  test("builds it anew where it was deleted", async () => {
    await bed.ingest([session("s"), ...many(5)]);
    await bed.whole();
    await again(() => rmSync(bed.index, { force: true }));
    expect(await ids("number3")).toEqual(["m3"]);
  });

  test("builds it anew where a backup was restored", async () => {
    await bed.ingest([session("s"), message("s", "kept", "word")]);
    await bed.whole();
    await bed.close();
    const backup = bed.directory.at("copy.db");
    copyFileSync(bed.database, backup);
    bed = await searchBed(bed.directory);
    await bed.ingest(many(5));
    await bed.whole();
    // In place: the same file with an earlier content.
    await again(() => copyFileSync(backup, bed.database));
    expect(await ids("word")).toEqual(["kept"]);
    await bed.ingest([message("s", "other", "word")]);
    expect(await ids("word")).toEqual(["other", "kept"]);
  });

  test("builds it anew where it is of another version", async () => {
    await bed.ingest([session("s"), ...many(3)]);
    await bed.whole();
    await again(() => {
      const db = new Database(bed.index);
      db.exec("PRAGMA user_version = 999");
      db.close();
    });
    expect(await ids("number1")).toEqual(["m1"]);
  });
});

describe("a file that is damaged", () => {
  test.each([
    ["no database", () => writeFileSync(bed.index, "something else".repeat(1_000))],
    ["an empty file", () => writeFileSync(bed.index, "")],
    ["without a table", () => sql("DROP TABLE messages_docs")],
    ["with other content", () => sql("UPDATE meta SET value = '{' WHERE name = 'progress'")],
    ["with pages of noise", () => noise()],
  ])("%s: it is begun anew", async (_, damage) => {
    await bed.ingest([session("s"), ...many(300)]);
    await bed.whole();
    await again(() => {
      // Another file: this process has the old one open until its statements are collected.
      const copy = bed.directory.at("copy.db");
      copyFileSync(bed.index, copy);
      for (const part of ["", "-wal", "-shm"]) rmSync(bed.index + part, { force: true });
      renameSync(copy, bed.index);
      damage();
    });
    await bed.ingest([message("s", "new", "word")]);
    await settled();
    expect(await ids("number7")).toEqual(["m7"]);
    expect(await ids("new OR number299")).toEqual(["m299"]);
  });

  test("what is no file is left alone, told once, and recording goes on", async () => {
    await again(() => mkdirSync(bed.index));
    await bed.ingest([session("s"), ...many(3)]);
    await expect(bed.find("word")).rejects.toThrow("the search index can't be used");
    await bed.ingest(many(3, 3));
    expect(bed.indexer.state()).toMatchObject({ exists: false, problem: "Error" });
    expect(bed.logged.filter(([event]) => event === "derived file failed")).toHaveLength(1);
  });
});

/** Asks until it is answered: a damage may be met in the middle of a question. */
async function settled(): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      await bed.whole();
      await bed.find("word");
      return;
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
}

function sql(statement: string): void {
  const db = new Database(bed.index);
  db.exec(statement);
  db.close();
}

function noise(): void {
  const { size } = statSync(bed.index);
  const file = openSync(bed.index, "r+");
  for (let at = 8_192; at < size; at += 4_096)
    writeSync(file, Buffer.alloc(2_048, 0xa5), 0, 2_048, at);
  closeSync(file);
}

test("an index that grew with its record is as one that is built from it", async () => {
  const texts = fc.constantFrom(
    "alpha",
    "beta gamma",
    "日本語",
    "getUserName",
    "",
    "delta ".repeat(300),
  );
  const record = fc.record({
    kind: fc.constantFrom("message", "call", "event", "session"),
    session: fc.constantFrom("a", "b", "c"),
    id: fc.integer({ min: 0, max: 4 }),
    text: texts,
    other: texts,
    project: fc.constantFrom("/x/garden", "/x/house"),
    at: fc.integer({ min: 0, max: 50 }),
  });
  const toRecord = ({
    kind,
    session: s,
    id,
    text,
    other,
    project,
    at,
  }: Parameters<typeof record.map>[0] extends (v: infer V) => unknown
    ? V
    : never): IngestRecord => {
    const updatedAt = T + at * 1_000;
    switch (kind) {
      case "message":
        return message(s, `m${id}`, text, {
          reasoningText: other,
          createdAt: T + id * 5_000,
          updatedAt,
        });
      case "call":
        return call(s, `c${id}`, {
          input: JSON.stringify({ text }),
          error: other,
          output: `${s}${id} ${text}`,
          filePath: `/f${id}.ts`,
          createdAt: T + id * 3_000,
          updatedAt,
          status: "success",
        });
      case "event":
        return {
          kind: "event",
          data: { id: `e${id}`, sessionId: s, kind: "injected", text, createdAt: T, updatedAt },
        };
      default:
        return session(s, {
          projectPath: project,
          projectName: project.slice(3),
          updatedAt,
          createdAt: T,
        });
    }
  };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(record, { minLength: 1, maxLength: 8 }), { maxLength: 6 }),
      async (batches) => {
        using directory = (await import("../storage/migrationFiles.ts")).temporary();
        const own = await searchBed(directory);
        try {
          for (const batch of batches) {
            await own.ingest(batch.map(toRecord));
            await own.whole();
          }
          const grown = await answers(own);
          own.indexer.rebuild();
          expect(await answers(own)).toEqual(grown);
          expect(own.logged.filter(([event]) => event !== "derived file begun anew")).toEqual([]);
        } finally {
          await own.close();
        }
      },
    ),
    { numRuns: 12 },
  );
}, 120_000);

async function answers(own: SearchBed): Promise<unknown> {
  const found: unknown[] = [];
  for (const words of ["alpha", "gamma OR delta", "本語", "user", "a0 OR b1 OR c2"]) {
    for (const filter of [
      {},
      { project: "garden" },
      { file: "f1.ts" },
      { source: "opencode" } as const,
    ]) {
      const scopes = ["messages", "tools", "outputs", "reasoning"] as const;
      const { hits } = await own.find(words, {
        in: [...scopes],
        each: true,
        limit: 100,
        ...filter,
      });
      const told = hits.map(({ sessionId, messageId, toolCallId, event, in: scope, excerpt }) =>
        [sessionId, messageId, toolCallId, event, scope, excerpt].join(" "),
      );
      found.push([words, filter, told.toSorted()]);
    }
  }
  return found;
}
