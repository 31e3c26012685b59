import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import fc from "fast-check";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDamagedDatabase, walk } from "../../src/storage/salvage/damagedDatabase.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { messageRow, sessionRow, T } from "../rows.ts";
import { eachAlone } from "./eachAlone.ts";
import { MIGRATIONS, temporary } from "./migrationFiles.ts";

describe("rows are read past what can't be", () => {
  /** Row numbers `from` to `to` can't be read. */
  const table = (numbers: number[], from: number, to: number) => (after: number, limit: number) => {
    const rows = numbers.filter((number) => number > after).slice(0, limit);
    // SQLite stumbles where the search passes a bad page, and where the rows do.
    const hits = rows.some((number) => number >= from && number <= to);
    return hits ? null : rows.map((rowNumber) => ({ rowNumber }));
  };
  const found = (numbers: number[], from: number, to: number) =>
    [...walk(table(numbers, from, to))].flat().map(({ rowNumber }) => rowNumber);
  const numbers = Array.from({ length: 1_000 }, (_, i) => i + 1);

  test.each([
    [1, 0],
    [1, 1],
    [1, 30],
    [500, 530],
    [501, 501],
    [990, 1_000],
    [1, 1_000],
  ])("numbers %i to %i", (from, to) => {
    expect(found(numbers, from, to)).toEqual(numbers.filter((n) => n < from || n > to));
  });

  test.each([
    [1, 1],
    [8, 8],
    [10, 3],
    [20, 2],
    [70, 2],
  ])("pages of %i that can't be read between pages of %i that can", (bad, good) => {
    const isBad = (number: number) => (number - 1) % (bad + good) < bad;
    const read = (after: number, limit: number) => {
      const rows = numbers.filter((number) => number > after).slice(0, limit);
      return rows.some(isBad) ? null : rows.map((rowNumber) => ({ rowNumber }));
    };
    const seen = new Set([...walk(read)].flat().map(({ rowNumber }) => rowNumber));
    expect([...seen]).toEqual(numbers.filter((number) => !isBad(number)));
  });

  test("with gaps in the numbers", () => {
    const far = [5, 6, 1_000_000, 1_000_001, 2_000_000_000];
    expect(found(far, 6, 999_999)).toEqual([5, 1_000_000, 1_000_001, 2_000_000_000]);
    expect(found([], 1, 0)).toEqual([]);
  });
});

describe("a damaged page that leads back does not lead in circles", () => {
  type Place = { from: number; until: number; to: number };
  /** A thousand rows; a search that ends in one of the places goes on at a row before. */
  const reader =
    (places: Place[]) =>
    (after: number, limit: number): { rowNumber: number }[] => {
      const place = places.find(({ from, until }) => after >= from && after < until);
      const first = place ? Math.min(place.to, after) : after + 1;
      const last = Math.min(place ? first : 1_000, first + limit - 1);
      return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => ({
        rowNumber: first + i,
      }));
    };
  const found = (places: Place[]) => {
    const seen = new Set<number>();
    let pages = 0;
    for (const rows of walk(reader(places))) {
      if (++pages > 1_000) throw new Error("it goes in circles");
      for (const { rowNumber } of rows) seen.add(rowNumber);
    }
    return seen;
  };

  test("and costs its own rows alone", () => {
    // SQLite answers of a leaf of zeros with row 0, whatever is looked for.
    const seen = found([{ from: 500, until: 600, to: 0 }]);
    for (let n = 601; n <= 1_000; n++) expect(seen).toContain(n);
  });

  test("nor do several", () => {
    const number = fc.nat(1_100);
    const place = fc.record({ from: number, until: number, to: number });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 5 }), (places) => {
        expect(found(places).size).toBeLessThanOrEqual(1_001);
      }),
    );
  });
});

describe("a file", () => {
  let directory: ReturnType<typeof temporary>;
  let database: string;
  beforeEach(async () => {
    directory = temporary();
    database = directory.at("duolog.db");
    const storage = await openStorage({
      database,
      backups: directory.backups,
      migrations: MIGRATIONS,
    });
    const file = eachAlone(storage);
    await file.write("session", [
      sessionRow({ id: "s", title: "T", sourceInferred: true, cost: 0.1 }),
    ]);
    await file.write(
      "message",
      Array.from({ length: 600 }, (_, i) =>
        messageRow({
          id: `m${i}`,
          sessionId: "s",
          textContent: `${i} ${"x".repeat(1_000)}`,
          createdAt: T + i,
        }),
      ),
    );
    await storage.close();
  });
  afterEach(() => directory[Symbol.dispose]());

  const read = (file = database) => {
    const damaged = openDamagedDatabase(file, MIGRATIONS);
    const rows = {
      sessions: [...damaged.rows("session")].flat(),
      messages: [...damaged.rows("message")].flat(),
    };
    damaged.close();
    return rows;
  };
  const overwrite = (page: number, pages = 1) => {
    const fd = openSync(database, "r+");
    writeSync(fd, Buffer.alloc(pages * 4_096, 0x5a), 0, pages * 4_096, (page - 1) * 4_096);
    closeSync(fd);
  };
  const query = <T>(sql: string, ...values: unknown[]) => {
    const db = new Database(database);
    const rows = db.prepare(sql).all(...values) as T[];
    db.close();
    return rows;
  };

  test("that is whole gives every row, as it was written", () => {
    const { sessions, messages } = read();
    expect(sessions).toEqual([
      sessionRow({ id: "s", title: "T", sourceInferred: true, cost: 0.1 }),
    ]);
    expect(messages).toHaveLength(600);
    expect(messages[7]).toEqual(
      messageRow({
        id: "m7",
        sessionId: "s",
        textContent: `7 ${"x".repeat(1_000)}`,
        createdAt: T + 7,
      }),
    );
  });

  test("whose indexes are all damaged gives every row", () => {
    for (const { rootpage } of query<{ rootpage: number }>(
      "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'messages'",
    ))
      overwrite(rootpage);
    expect(read().messages).toHaveLength(600);
  });

  test("of which some pages are damaged gives all but the rows on them", () => {
    const root = query<{ rootpage: number }>(
      "SELECT rootpage FROM sqlite_master WHERE name = 'messages'",
    )[0];
    const pages = statSync(database).size / 4_096;
    // Three rows of 1 KB are on a page: of ten pages in the middle thirty are lost at most.
    overwrite(Math.max(Number(root?.rootpage) + 1, pages >> 1), 10);
    const { sessions, messages } = read();
    expect(sessions).toHaveLength(1);
    expect(messages.length).toBeGreaterThanOrEqual(600 - 30);
    expect(messages.length).toBeLessThan(600);
    for (const message of messages) {
      expect(message.textContent).toBe(`${message.id.slice(1)} ${"x".repeat(1_000)}`);
    }
  });

  test("whose tail is zeros, from wherever, is read to an end", () => {
    const whole = readFileSync(database);
    for (let i = 0; i < 16; i++) {
      const content = Buffer.from(whole);
      content.fill(0, 4_096 + Math.floor(((content.length - 4_096) * (i + 0.37)) / 16));
      writeFileSync(database, content);
      const damaged = openDamagedDatabase(database, MIGRATIONS);
      let rows = 0;
      for (const table of [damaged.rows("session"), damaged.rows("message")]) {
        for (const page of table) {
          rows += page.length;
          if (rows > 2_000) throw new Error("it goes in circles");
        }
      }
      damaged.close();
    }
  });

  /** Changes a letter of the schema's text, which stands on the first page or where that leads to. */
  const misspell = (text: string, by: string) => {
    const content = readFileSync(database);
    const at = content.indexOf(text);
    expect(at).toBeGreaterThan(0);
    content.write(by, at);
    writeFileSync(database, content);
  };

  test.each([
    ["an index", 'CREATE INDEX "messages_id_copied_from_id_idx"', "CREATE INDEX (messages"],
    ["a column", '"text_content" TEXT', '"text_cantent" TEXT'],
    ["a table", '"session_id" TEXT NOT NULL', '"session_id( TEXT NOT'],
    ["a check", 'CHECK ("source" IN', "CHECK ((source( IN"],
  ])("whose text of %s is damaged gives every row, as it was written", (_what, text, by) => {
    misspell(text, by);
    const { sessions, messages } = read();
    expect(sessions).toHaveLength(1);
    expect(messages).toHaveLength(600);
    expect(messages[7]?.textContent).toBe(`7 ${"x".repeat(1_000)}`);
  });

  test("that the disk keeps from being read is told, and read another time", () => {
    // As where there is no room for it: SQLite can't open the index of the WAL.
    const copy = directory.at("copy.db");
    copyFileSync(database, copy);
    symlinkSync("nowhere", `${copy}-shm`);
    expect(() => read(copy)).toThrow(/unable to open/);
    rmSync(`${copy}-shm`);
    expect(read(copy).messages).toHaveLength(600);
  });

  test("whose header forbids to write, and whose schema would have to be mended, gives the rest", () => {
    misspell('"session_id" TEXT NOT NULL', '"session_id( TEXT NOT');
    const content = readFileSync(database);
    content[18] = 3;
    writeFileSync(database, content);
    expect(read().sessions).toHaveLength(1);
  });

  test("without the tables gives nothing", () => {
    overwrite(1);
    expect(() => read()).not.toThrow();
  });
});
