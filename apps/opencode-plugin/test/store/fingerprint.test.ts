import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprintOf, openHistory } from "../../src/store/index.ts";
import { NOW, readPart, StoreDatabase, T0, temporary } from "./storeOf.ts";

const CHANGES = [
  "UPDATE session SET title = 'Another' WHERE id = 'ses_1'",
  "UPDATE session SET time_updated = time_updated + 1 WHERE id = 'ses_1'",
  "UPDATE message SET time_updated = time_updated + 1 WHERE id = 'msg_1'",
  "UPDATE part SET time_updated = time_updated + 1 WHERE id = 'prt_msg_2'",
  "UPDATE part SET time_updated = time_updated - 1 WHERE id = 'prt_msg_1'",
  "UPDATE part SET data = json_set(data, '$.text', 'longer than it was') WHERE id = 'prt_msg_1'",
  "DELETE FROM part WHERE id = 'prt_msg_2'",
  "DELETE FROM message WHERE id = 'msg_2'",
  "INSERT INTO event VALUES ('evt_7', 'ses_1', 7, 'session.updated.1', '{}')",
  "DELETE FROM event WHERE seq = 0",
  "INSERT INTO part VALUES ('prt_9', 'msg_1', 'ses_1', 1, 1, '{}')",
  "DELETE FROM session WHERE id = 'ses_1'",
];

const prints = (path: string) => {
  const history = openHistory({ places: [path], now: NOW });
  const entries = history.parts.map(({ id, fingerprint }) => [id, fingerprint]);
  history.close();
  return Object.fromEntries(entries) as Record<string, string>;
};

const fill = (store: StoreDatabase) => {
  for (const n of [1, 2]) store.session(`ses_${n}`);
  store.prompt("ses_1", "msg_1", "One").prompt("ses_1", "msg_2", "Two");
  store.prompt("ses_2", "msg_3", "Three");
  store.run("INSERT INTO event VALUES ('evt_0', 'ses_1', 0, 'session.updated.1', '{}')");
};

describe("a part's fingerprint", () => {
  test.each(CHANGES)("is another after %s, and that of another session is the same", (sql) => {
    using root = temporary();
    using store = new StoreDatabase(join(root.path, "opencode.db"));
    fill(store);
    const before = prints(store.path);
    expect(prints(store.path)).toEqual(before);
    store.db.exec(sql);
    const after = prints(store.path);
    expect(after.ses_1).not.toBe(before.ses_1);
    expect(after.ses_2).toBe(before.ses_2);
  });

  test("is another after any one row was written at another time, and the same in a copy of the file", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 }),
        fc.nat(),
        fc.integer({ min: 1, max: 10 ** 9 }),
        (times, at, by) => {
          using root = temporary();
          using store = new StoreDatabase(join(root.path, "opencode.db"));
          store.session("ses_1");
          times.forEach((time, i) => {
            store.message("ses_1", `msg_${i}`, {}, T0 + time);
          });
          const before = prints(store.path);
          const copy = join(root.path, "copy.db");
          store.db.prepare("VACUUM INTO ?").run(copy);
          expect(prints(copy)).toEqual(before);
          store.run(
            "UPDATE message SET time_updated = time_updated + ? WHERE id = ?",
            by,
            `msg_${at % times.length}`,
          );
          expect(prints(store.path)).not.toEqual(before);
        },
      ),
      { numRuns: 10 },
    );
  });

  test("is taken before the part is read", () => {
    using root = temporary();
    using store = new StoreDatabase(join(root.path, "opencode.db"));
    fill(store);
    const before = prints(store.path);
    const history = openHistory({ places: [store.path], now: NOW });
    const [part] = history.parts;
    readPart(part!);
    store.db.exec(CHANGES[3]!);
    expect(part?.fingerprint).toBe(before.ses_1);
    history.close();
  });
});

test("that of all places is another once a file of theirs is written to, and costs no look into it", () => {
  using root = temporary();
  using store = new StoreDatabase(join(root.path, "opencode.db"));
  fill(store);
  const part = join(root.path, "storage", "part", "msg_gone");
  mkdirSync(part, { recursive: true });
  const changes = [
    () => store.db.exec(CHANGES[4]!),
    () => store.db.exec("PRAGMA wal_checkpoint(TRUNCATE)"),
    () => writeFileSync(join(part, "prt_1.json"), "{}"),
    () => writeFileSync(join(part, "prt_1.json"), "{} "),
    () => new StoreDatabase(join(root.path, "opencode-local.db")).db.close(),
    () => writeFileSync(join(root.path, "opencode-dev.db"), "damaged"),
  ];
  const seen = new Set([fingerprintOf([root.path])]);
  for (const change of changes) {
    expect(seen).toContain(fingerprintOf([root.path]));
    change();
    seen.add(fingerprintOf([root.path]));
  }
  expect(seen.size).toBe(changes.length + 1);
});
