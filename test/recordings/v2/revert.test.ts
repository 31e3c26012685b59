import { expect, test } from "vitest";
import { TestDaemon, testClient } from "../../harness/daemon.ts";
import { queryRows } from "../../harness/rows.ts";
import { readRecording, translateAll } from "./replay.ts";
import { T } from "./rows.ts";

const SESSION = "ses_edc5164b5ffe0C6oAAIe8I6wq6";

test.each(["as told", "the other way round"])(
  "M8: what a committed revert took away, %s",
  async (order) => {
    await using daemon = await TestDaemon.start();
    const rpc = testClient(daemon.paths.root);
    const records = translateAll(readRecording("10-revert"));
    await rpc.ingest(order === "as told" ? records : records.toReversed());
    const rows = queryRows(
      daemon.paths.database,
      "SELECT text_content, removed_at FROM messages WHERE session_id = ? ORDER BY created_at",
      SESSION,
    );
    expect(rows.map((row) => [row.text_content, row.removed_at])).toEqual([
      ["keep me", null],
      ["Kept.", null],
      ["drop me", T + 8_339],
      ["Dropped.", T + 8_339],
      ["instead", null],
      ["New branch.", null],
    ]);
    await rpc.close();
  },
);
