import { describe, expect, test } from "vitest";
import { openHistory } from "../../src/store/index.ts";
import { NOW, rowsOf, type StoreDatabase, T0, told, withStore } from "./storeOf.ts";

describe("rows that other rows are missing to", () => {
  test("messages whose session is gone are read, and parts whose message is gone", () => {
    withStore(
      (store) => {
        store.session("ses_1").prompt("ses_1", "msg_1", "Whole");
        store.part("ses_1", "msg_gone", "prt_1", { type: "text", text: "Of a lost message" });
        store.prompt("ses_gone", "msg_2", "Of a lost session");
        store.part("ses_lost", "msg_lost", "prt_2", { type: "text", text: "Of neither" });
      },
      (path) => {
        const { parts, records, unreadable } = told(path);
        expect(parts).toEqual(["ses_1", "ses_gone", "ses_lost"]);
        expect(rowsOf(records, "message")).toEqual([
          "ses_1 msg_1: Whole",
          "ses_1 msg_gone: Of a lost message",
          "ses_gone msg_2: Of a lost session",
          "ses_lost msg_lost: Of neither",
        ]);
        expect(rowsOf(records, "session")).toEqual(["ses_1: Title of ses_1"]);
        expect(unreadable).toEqual([]);
      },
    );
  });

  test("a part is read in the session that it names, whichever its message is in", () => {
    withStore(
      (store) => {
        store.session("ses_1").session("ses_2").message("ses_1", "msg_1");
        store.part("ses_2", "msg_1", "prt_1", { type: "text", text: "Strayed" });
      },
      (path) => {
        expect(rowsOf(told(path).records, "message")).toEqual([
          "ses_1 msg_1: null",
          "ses_2 msg_1: Strayed",
        ]);
      },
    );
  });

  test("a session without messages is one, a message without parts a row without text", () => {
    withStore(
      (store) => void store.session("ses_1").session("ses_2").message("ses_2", "msg_1"),
      (path) => {
        const { records } = told(path);
        expect(rowsOf(records, "session")).toEqual([
          "ses_1: Title of ses_1",
          "ses_2: Title of ses_2",
        ]);
        expect(rowsOf(records, "message")).toEqual(["ses_2 msg_1: null"]);
      },
    );
  });
});

describe("odd rows", () => {
  test("a part of an unknown type gives no text, and what is around it is read", () => {
    withStore(
      (store) => {
        store.session("ses_1").prompt("ses_1", "msg_1", "Known");
        store.part("ses_1", "msg_1", "prt_a", { type: "hologram", text: "?" });
      },
      (path) => expect(rowsOf(told(path).records, "message")).toEqual(["ses_1 msg_1: Known"]),
    );
  });

  test.each([
    [
      "no JSON",
      "UPDATE part SET data = '{torn' WHERE id = 'prt_msg_2'",
      "part: its data is no JSON object",
    ],
    [
      "bytes",
      "UPDATE part SET data = x'00ff' WHERE id = 'prt_msg_2'",
      "part: its data is no JSON object",
    ],
    [
      "a list",
      "UPDATE message SET data = '[]' WHERE id = 'msg_2'",
      "message: its data is no JSON object",
    ],
    ["no id", "UPDATE part SET id = NULL WHERE id = 'prt_msg_2'", "part: no id"],
    ["bytes for an id", "UPDATE message SET id = x'ff' WHERE id = 'msg_2'", "message: no id"],
  ])("a row with %s is told, and the others are read", (_what, sql, reason) => {
    withStore(
      (store) => {
        store.session("ses_1").prompt("ses_1", "msg_1", "First").prompt("ses_1", "msg_2", "Odd");
        store.prompt("ses_1", "msg_3", "Last").db.exec(sql);
      },
      (path) => {
        const { records, unreadable } = told(path);
        expect(unreadable).toEqual([reason]);
        expect(rowsOf(records, "message")).toEqual(
          expect.arrayContaining(["ses_1 msg_1: First", "ses_1 msg_3: Last"]),
        );
      },
    );
  });

  test("text that is no UTF-8, and an id of quotes, are read", () => {
    withStore(
      (store) => {
        store.session("ses_'\"1").prompt("ses_'\"1", "msg_1", "Bytes: X");
        store.db.exec(
          `UPDATE part SET data = CAST(replace(CAST(data AS BLOB), x'58', x'fe') AS TEXT)`,
        );
      },
      (path) =>
        expect(rowsOf(told(path).records, "message")).toEqual(["ses_'\"1 msg_1: Bytes: \uFFFD"]),
    );
  });

  test("a session's row with times in seconds counts as written when the file was", () => {
    withStore(
      (store) => store.session("ses_1").run("UPDATE session SET time_updated = 1772323200"),
      (path) => {
        const history = openHistory({ places: [path], now: NOW });
        expect(history.parts[0]?.writtenAt).toBeGreaterThan(T0);
        history.close();
      },
    );
  });
});

describe("events", () => {
  const event = (store: StoreDatabase, seq: number, text: string, at: number) =>
    store.run(
      "INSERT INTO event VALUES (?, 'ses_1', ?, 'message.part.updated.1', ?)",
      ...[`evt_${seq}`, seq],
      JSON.stringify({
        sessionID: "ses_1",
        part: { id: "prt_msg_1", messageID: "msg_1", sessionID: "ses_1", type: "text", text },
        time: at,
      }),
    );

  test("tell a part, whose row is then not read; a row that was written long after them is", () => {
    for (const [later, texts] of [
      [1_000, ["Told"]],
      [3_600_000, ["Told", "Of a version that keeps no events"]],
    ] as const) {
      withStore(
        (store) => {
          store.session("ses_1").prompt("ses_1", "msg_1", "Of a version that keeps no events");
          store.run("UPDATE part SET time_updated = ?", T0 + later);
          event(store, 0, "Told", T0);
        },
        (path) => {
          const found = told(path).records.flatMap(({ data }) =>
            "textContent" in data && data.textContent ? [data.textContent] : [],
          );
          expect([...new Set(found)]).toEqual(texts);
        },
      );
    }
  });

  test("of a session without any row are read, and those of OpenCode 2's table are not", () => {
    withStore(
      (store) => event(store, 0, "Told", T0),
      (path) => expect(rowsOf(told(path).records, "message")).toEqual(["ses_1 msg_1: Told"]),
    );
    withStore(
      (store) => {
        event(store, 0, "Told", T0);
        store.db.exec(
          "ALTER TABLE event ADD created integer; CREATE TABLE session_v2 (id, time_updated)",
        );
      },
      (path) => expect(told(path)).toMatchObject({ parts: [], left: [] }),
    );
  });
});

test("many and large rows are read piece by piece, each once and in order", () => {
  withStore(
    (store) => {
      store.session("ses_1");
      store.db.exec("BEGIN");
      for (let i = 0; i < 700; i++) {
        const id = `msg_${String(i).padStart(4, "0")}`;
        store.message("ses_1", id, { role: "user" }, T0 + i);
        store.part("ses_1", id, `prt_${id}`, {
          type: "text",
          text: i % 300 ? id : "x".repeat(3_000_000),
        });
      }
      store.db.exec("COMMIT");
    },
    (path) => {
      const messages = told(path).records.flatMap(({ kind, data }) =>
        kind === "message" ? [data] : [],
      );
      const ids = messages.map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted());
      expect(new Set(ids).size).toBe(700);
      const whole = messages.filter((data) => "textContent" in data && data.textContent);
      expect(whole).toHaveLength(700);
    },
  );
});
