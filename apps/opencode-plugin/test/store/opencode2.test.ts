import { join } from "node:path";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import { openHistory } from "../../src/store/index.ts";
import { NOW, rowsOf, StoreDatabase, T0, temporary, told } from "./storeOf.ts";

/** The tables as the first versions of OpenCode 2 had them. */
const TABLES = `
  CREATE TABLE session_v2 (id text PRIMARY KEY, project_id text, parent_id text, fork_session_id text,
    fork_boundary text, slug text, directory text, title text, version text, cost real DEFAULT 0,
    tokens_input integer DEFAULT 0, tokens_output integer DEFAULT 0, tokens_reasoning integer DEFAULT 0,
    tokens_cache_read integer DEFAULT 0, tokens_cache_write integer DEFAULT 0, model text,
    time_created integer, time_updated integer, time_archived integer);
  CREATE TABLE session_message (id text PRIMARY KEY, session_id text, type text, seq integer,
    time_created integer, time_updated integer, data text);
  CREATE UNIQUE INDEX session_message_session_seq_idx ON session_message (session_id, seq);
  CREATE TABLE session_inbox (id text PRIMARY KEY, session_id text, type text, payload text,
    delivery text, enqueued_seq integer, time_created integer);
  CREATE TABLE credential (id text PRIMARY KEY, value text);`;

interface Session {
  title?: string;
  fork?: string;
  archived?: number;
}

/** A database of OpenCode 2. */
class StoreV2 implements Disposable {
  readonly db: Database.Database;

  constructor(path: string, tables = TABLES) {
    this.db = new Database(path);
    this.db.exec(`PRAGMA journal_mode = WAL; ${tables}`);
  }

  session(id: string, { title, fork, archived }: Session = {}): this {
    const sql = `INSERT INTO session_v2 (id, directory, title, fork_session_id, version, time_created,
      time_updated, time_archived) VALUES (?, '/home/ada/garden', ?, ?, '2.0.26', ?, ?, ?)`;
    const values = [title ?? null, fork ?? null, T0, T0 + 9, archived ?? null];
    this.db.prepare(sql).run(id, ...values);
    return this;
  }

  row(sessionId: string, id: string, seq: number, type: string, data: object | string): this {
    const text =
      typeof data === "string" ? data : JSON.stringify({ time: { created: T0 + seq }, ...data });
    this.db
      .prepare(`INSERT INTO session_message (id, session_id, type, seq, data, time_created, time_updated)
        VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(id, sessionId, type, seq, text, T0 + seq, T0 + seq);
    return this;
  }

  prompt(sessionId: string, id: string, seq: number, text: string): this {
    return this.row(sessionId, id, seq, "user", { text });
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}

/** What is told of a database of OpenCode 2. */
function toldOf(fill: (store: StoreV2) => void) {
  using root = temporary();
  const path = join(root.path, "opencode.db");
  {
    using store = new StoreV2(path);
    fill(store);
  }
  return told(path);
}

describe("OpenCode 2's tables", () => {
  test("alone: sessions and messages, and nothing is left", () => {
    const found = toldOf((store) =>
      store.session("ses_1", { title: "T" }).prompt("ses_1", "msg_1", 1, "Hi"),
    );
    expect(found).toMatchObject({ parts: ["ses_1"], left: [], unreadable: [] });
    expect(rowsOf(found.records, "session")).toEqual(["ses_1: T"]);
    expect(rowsOf(found.records, "message")).toEqual(["ses_1 msg_1: Hi"]);
  });

  test("without the columns that came later, or earlier", () => {
    using root = temporary();
    const path = join(root.path, "opencode.db");
    {
      using db = new StoreV2(
        path,
        `CREATE TABLE session_v2 (title text, id text PRIMARY KEY, new text);
        CREATE TABLE session_message (id text PRIMARY KEY, session_id text, type text, seq integer, data text);
        INSERT INTO session_v2 VALUES ('T', 'ses_1', 'x');
        INSERT INTO session_message VALUES ('msg_1', 'ses_1', 'user', 1, '{"text":"Hi"}')`,
      );
      expect(db.db.open).toBe(true);
    }
    const found = told(path);
    expect(found).toMatchObject({ parts: ["ses_1"], left: [], unreadable: [] });
    expect(rowsOf(found.records, "message")).toEqual(["ses_1 msg_1: Hi"]);
  });

  test("messages whose session is gone", () => {
    const found = toldOf((store) => store.prompt("ses_9", "msg_1", 1, "Hi"));
    expect(found.parts).toEqual(["ses_9"]);
    expect(rowsOf(found.records, "message")).toEqual(["ses_9 msg_1: Hi"]);
  });

  test("what waits in the inbox, and OpenCode's own words, are no messages", () => {
    const found = toldOf((store) => {
      store.session("ses_1").row("ses_1", "msg_2", 2, "system", { text: "tools changed" });
      store.row("ses_1", "msg_3", 3, "idle", { outcome: "succeeded" });
      store.db.exec(
        `INSERT INTO session_inbox VALUES ('msg_1', 'ses_1', 'user', '{"text":"later"}', 'queue', 1, ${T0})`,
      );
    });
    expect(rowsOf(found.records, "message")).toEqual([]);
    expect(found.unreadable).toEqual([]);
  });

  test("a row of a type that is not known is told, one of OpenCode's own words is not", () => {
    const found = toldOf((store) =>
      store
        .session("ses_1")
        .row("ses_1", "msg_1", 1, "system", { text: "tools changed" })
        .row("ses_1", "msg_2", 2, "hologram", {})
        .prompt("ses_1", "msg_3", 3, "Hi"),
    );
    expect(found.unknown).toEqual(["session_message/hologram"]);
    expect(rowsOf(found.records, "message")).toEqual(["ses_1 msg_3: Hi"]);
  });

  test("a row that can't be read says so, and the rest is read", () => {
    const found = toldOf((store) =>
      store
        .session("ses_1")
        .row("ses_1", "msg_1", 1, "user", "{torn")
        .row("ses_1", "msg_2", 2, "user", "[1]")
        .prompt("ses_1", "msg_3", 3, "Hi"),
    );
    const reason = "session_message: its data is no JSON object";
    expect(found.unreadable).toEqual([reason, reason]);
    expect(rowsOf(found.records, "message")).toEqual(["ses_1 msg_3: Hi"]);
  });

  test("a session that was put away", () => {
    const found = toldOf((store) => store.session("ses_1", { archived: T0 + 50 }));
    const told = found.records.filter(({ kind }) => kind === "event");
    expect(told).toMatchObject([{ data: { id: `archive-${T0 + 50}`, kind: "archive" } }]);
    expect(found.records).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({
          kind: "session",
          data: expect.objectContaining({ status: "archived" }),
        }),
      ]),
    );
  });
});

describe("a fork", () => {
  /** The messages of the fork, with what they are copies of. */
  function copiesOf(fill: (store: StoreV2) => void): [string, string | null | undefined][] {
    const { records } = toldOf(fill);
    const copies = new Map<string, string | null | undefined>();
    for (const { kind, data } of records) {
      if (kind === "message" && data.sessionId === "ses_f") copies.set(data.id, data.copiedFromId);
    }
    return [...copies];
  }

  test("has copies of the rows with that number in the origin, and messages of its own", () => {
    const copies = copiesOf((store) =>
      store
        .session("ses_1")
        .prompt("ses_1", "msg_1", 4, "Hi")
        .session("ses_f", { fork: "ses_1" })
        .prompt("ses_f", "msg_e_4", 4, "Hi")
        .row("ses_f", "msg_e_6", 6, "idle", { outcome: "failed" })
        .prompt("ses_f", "msg_2", 9, "Own"),
    );
    expect(copies).toEqual([
      ["msg_e_4", "msg_1"],
      ["msg_2", null],
    ]);
  });

  test("whose origin is gone has them all the same, and of a fork's fork the origin is a fork", () => {
    const copies = copiesOf((store) =>
      store.session("ses_f", { fork: "ses_gone" }).prompt("ses_f", "msg_e_4", 4, "Hi"),
    );
    expect(copies).toEqual([["msg_e_4", null]]);
    const twice = copiesOf((store) =>
      store
        .session("ses_1", { fork: "ses_0" })
        .prompt("ses_1", "msg_d_4", 4, "Hi")
        .session("ses_f", { fork: "ses_1" })
        .prompt("ses_f", "msg_e_4", 4, "Hi"),
    );
    expect(twice).toEqual([["msg_e_4", "msg_d_4"]]);
  });
});

test("both versions in one file: a message once, as version 1 has it", () => {
  using root = temporary();
  const path = join(root.path, "opencode.db");
  const v1 = "msg_11dc0b7410017kTOc8H1lLx2Ro";
  {
    using store = new StoreDatabase(path);
    store.db.exec(TABLES);
    store
      .session("ses_1")
      .prompt("ses_1", v1, "Version 1")
      .session("ses_2")
      .prompt("ses_2", "msg_9", "Not moved");
    using later = new StoreV2(path, "");
    later
      .session("ses_1", { title: "Renamed" })
      .prompt("ses_1", v1, 0, "As the move wrote it")
      // Made up by the move: what was said in the name of the same prompt.
      .row("ses_1", "msg_11dc0b741001ffffffffffffff", 1, "synthetic", { text: "made up" })
      .prompt("ses_1", "msg_5", 5, "Version 2")
      .session("ses_3")
      .prompt("ses_3", "msg_6", 4, "Only in 2");
  }
  const found = told(path);
  expect(found).toMatchObject({ parts: ["ses_1", "ses_2", "ses_3"], left: [], unreadable: [] });
  expect(rowsOf(found.records, "message")).toEqual([
    `ses_1 ${v1}: Version 1`,
    "ses_1 msg_5: Version 2",
    "ses_2 msg_9: Not moved",
    "ses_3 msg_6: Only in 2",
  ]);
  expect(found.records.filter(({ kind }) => kind === "event")).toEqual([]);
  expect(rowsOf(found.records, "session")).toContain("ses_1: Renamed");
});

test.each([
  [
    "a row that was changed in place",
    "UPDATE session_message SET time_updated = 9 WHERE id = 'msg_1'",
  ],
  [
    "a row that was added",
    "INSERT INTO session_message VALUES ('msg_2', 'ses_1', 'user', 2, 0, 0, '{}')",
  ],
  ["a row that was taken away", "DELETE FROM session_message"],
  ["the session's own row", "UPDATE session_v2 SET title = 'Another'"],
])("%s shows without its content being read; another session's does not", (_what, sql) => {
  using root = temporary();
  const path = join(root.path, "opencode.db");
  using store = new StoreV2(path);
  store.session("ses_1").prompt("ses_1", "msg_1", 1, "Hi").session("ses_2");
  const prints = () => {
    const history = openHistory({ places: [path], now: NOW });
    const found = Object.fromEntries(history.parts.map(({ id, fingerprint }) => [id, fingerprint]));
    history.close();
    return found;
  };
  const before = prints();
  store.db.exec(sql.replace("UPDATE session_v2 SET title = 'Another'", "$& WHERE id = 'ses_1'"));
  const after = prints();
  expect(after.ses_1).not.toBe(before.ses_1);
  expect(after.ses_2).toBe(before.ses_2);
});

test("a file with none of the tables is left, with those that it has", () => {
  using root = temporary();
  const path = join(root.path, "opencode.db");
  {
    using db = new StoreV2(path, "CREATE TABLE session_v3 (id text); CREATE TABLE kv (key text)");
    expect(db.db.open).toBe(true);
  }
  const reason = "this is no database of OpenCode's: it has the tables kv, session_v3";
  expect(told(path)).toMatchObject({ parts: [], left: [`~: ${reason}`] });
});
