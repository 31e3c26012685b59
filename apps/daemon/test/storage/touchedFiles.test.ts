import Database from "libsql";
import { expect, test } from "vitest";
import { SCHEMA } from "../../src/storage/search/schema.ts";
import { TouchedFiles } from "../../src/storage/search/touchedFiles.ts";

test("when files were touched last is told of more touches than one turn looks at", () => {
  const db = new Database(":memory:");
  db.exec(SCHEMA);
  // 50,000 touches of 7 files; the last of file f is the last call with that remainder.
  db.exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < 50000)
    INSERT INTO touched(file, at, call, session) SELECT i % 7, i, i, 0 FROM n`);
  const touched = new TouchedFiles(db);
  const latest = new Map<number, number>();
  let turns = 0;
  let next: Parameters<TouchedFiles["latest"]>[0] = null;
  do {
    const page: ReturnType<TouchedFiles["latest"]> = touched.latest(next);
    for (const [file, at] of page.files) latest.set(file, Math.max(at, latest.get(file) ?? 0));
    next = page.next;
    turns++;
  } while (next !== null);
  expect(turns).toBeGreaterThan(2);
  const last = (file: number) => 49_999 - ((49_999 - file) % 7);
  expect(latest).toEqual(new Map([0, 1, 2, 3, 4, 5, 6].map((file) => [file, last(file)])));
  db.close();
});
