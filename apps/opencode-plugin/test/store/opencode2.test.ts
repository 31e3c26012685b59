import { describe, expect, test } from "vitest";
import { rowsOf, T0, told, withStore } from "./storeOf.ts";

describe("OpenCode 2's tables", () => {
  const LATER = `CREATE TABLE session_v2 (id text PRIMARY KEY, time_updated integer);
    CREATE TABLE session_message (id text PRIMARY KEY, session_id text, type text, seq integer, data text);`;
  const only = "a session of OpenCode 2, which this version can't read yet";
  const wentOn = "a session that went on in OpenCode 2, whose part this version can't read yet";

  test.each([
    [
      "a session that only they have",
      `INSERT INTO session_v2 VALUES ('ses_2', ${T0})`,
      [`~: ses_2: ${only}`],
    ],
    [
      "messages whose session is gone",
      "INSERT INTO session_message VALUES ('msg_9', 'ses_9', 'user', 0, '{}')",
      [`~: ses_9: ${only}`],
    ],
    [
      "a session as the move left it",
      `INSERT INTO session_v2 VALUES ('ses_1', ${T0 + 9});
      INSERT INTO session_message VALUES ('msg_1', 'ses_1', 'user', 0, '{}'), ('msg_x', 'ses_1', 'system', 1, '{}')`,
      [],
    ],
    [
      "a session with a later prompt",
      `INSERT INTO session_v2 VALUES ('ses_1', ${T0 + 9});
      INSERT INTO session_message VALUES ('msg_5', 'ses_1', 'user', 0, '{}')`,
      [`~: ses_1: ${wentOn}`],
    ],
    [
      "a session that was renamed there",
      `INSERT INTO session_v2 VALUES ('ses_1', ${T0 + 5_000})`,
      [`~: ses_1: ${wentOn}`],
    ],
    ["no session", "SELECT 1", []],
  ])("%s", (_what, sql, left) => {
    withStore(
      (store) =>
        store
          .session("ses_1")
          .prompt("ses_1", "msg_1", "Version 1")
          .db.exec(LATER + sql),
      (path) => {
        const found = told(path);
        expect(found.left).toEqual(left);
        expect(rowsOf(found.records, "message")).toEqual(["ses_1 msg_1: Version 1"]);
      },
    );
  });

  test("alone are no fault", () => {
    withStore(
      (store) => {
        const drop = ["event", "session", "message", "part"].map((table) => `DROP TABLE ${table};`);
        store.db.exec(`${drop.join("")} ${LATER} INSERT INTO session_v2 VALUES ('ses_1', 1)`);
      },
      (path) => expect(told(path)).toMatchObject({ parts: [], left: [`~: ses_1: ${only}`] }),
    );
  });
});
