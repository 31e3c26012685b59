import type { IngestRecord } from "@duolog/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRecordService, type RecordService } from "../../src/services/recordService.ts";
import { openStorage, type Storage } from "../../src/storage/storage.ts";
import { sessionRow, T } from "../rows.ts";
import { MIGRATIONS, temporary } from "../storage/migrationFiles.ts";

let directory: ReturnType<typeof temporary>;
let storage: Storage;
let recorder: RecordService;

beforeEach(async () => {
  directory = temporary();
  const { backups } = directory;
  storage = await openStorage({
    database: directory.at("duolog.db"),
    backups,
    migrations: MIGRATIONS,
  });
  recorder = await createRecordService({ storage, now: () => T, onFailure: () => {} });
});
afterEach(async () => {
  await storage.close();
  directory[Symbol.dispose]();
});

const session = (id: string): IngestRecord => ({ kind: "session", data: { id } });
const STOPPING = { refusal: { code: "UNAVAILABLE", message: expect.stringMatching(/stopping/) } };

/** Work that commits rows up to that change and fails then. */
const commitAndFail = (changedSeq: number) =>
  recorder.exclusive(async () => {
    await storage.transaction((rows) =>
      rows.write("session", [sessionRow({ id: "w", changedSeq })]),
    );
    throw new Error("after the commit");
  });

test("work that fails after its commit: the changes that follow have numbers of their own", async () => {
  await recorder.ingest([session("a")], null);
  await expect(commitAndFail(50)).rejects.toThrow("after the commit");
  await recorder.ingest([session("b")], null);
  expect((await storage.getSession("b"))?.session.changedSeq).toBe(51);
  await expect(commitAndFail(90)).rejects.toThrow("after the commit");
  await recorder.exclusive(async (lastChange) => {
    expect(lastChange).toBe(90);
    return { lastChange, result: null };
  });
});

test("a stop ends the work, which is refused at once, and waits for its end", async () => {
  const events: string[] = [];
  let end = () => {};
  const work = recorder.exclusive(async (_last, signal) => {
    signal.addEventListener("abort", () => events.push("told"));
    await new Promise<void>((resolve) => {
      end = resolve;
    });
    events.push("ended");
    throw new Error("stopped");
  });
  const waiting = recorder.ingest([session("a")], null);
  await Promise.resolve();
  const stopped = recorder.stop().then(() => events.push("stopped"));
  await expect(work).rejects.toMatchObject(STOPPING);
  expect(events).toEqual(["told"]);
  end();
  await stopped;
  expect(events).toEqual(["told", "ended", "stopped"]);
  expect(await waiting).toEqual([{ ok: true, changed: true, added: true }]);
});

test("work that a stop overtakes before it began is not begun", async () => {
  let isBegun = false;
  const work = recorder.exclusive(async (lastChange) => {
    isBegun = true;
    return { lastChange, result: null };
  });
  const stopped = recorder.stop();
  await expect(work).rejects.toMatchObject(STOPPING);
  await stopped;
  expect(isBegun).toBe(false);
});

test("work that comes after a stop is not begun", async () => {
  await recorder.stop();
  const work = recorder.exclusive(async (lastChange) => ({ lastChange, result: null }));
  await expect(work).rejects.toMatchObject(STOPPING);
});

test("a stop refuses all work that waits in one go, however much that is", async () => {
  const work = () => recorder.exclusive(async (lastChange) => ({ lastChange, result: null }));
  const all = Array.from({ length: 10_000 }, () => work());
  const began = performance.now();
  const settled = Promise.allSettled(all);
  await recorder.stop();
  const refused = (await settled).filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(10_000);
  expect(performance.now() - began).toBeLessThan(1_000);
});
