import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BareSocket } from "../harness/bareSocket.ts";
import { TestDaemon } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";

interface Frozen {
  protocol: number;
  client: string;
  calls: { method: "query" | "mutation"; path: string; input?: unknown }[];
  /** The rows of each table; none of a table that is not named. */
  expect: { [table: string]: object[] };
}

const TABLES = ["sessions", "messages", "tool_calls", "session_events", "blobs"];
const ORDER: { [table: string]: string } = { blobs: "hash" };

const fixtures = new URL("../fixtures/wire/", import.meta.url);
const files = readdirSync(fixtures).filter((name) => /^protocol-\d+\.json$/.test(name));

describe("what each released protocol sends is taken for ever", () => {
  test.each(files)("%s", async (name) => {
    const frozen: Frozen = JSON.parse(readFileSync(new URL(name, fixtures), "utf8"));
    await using daemon = await TestDaemon.start();
    await using bare = await BareSocket.open(daemon.paths, frozen.client, frozen.protocol);
    for (const { method, path, input } of frozen.calls) {
      const answer = await bare.call(method, path, input);
      expect(answer.error, path).toBeUndefined();
      if (path !== "record.ingest") continue;
      const results = answer.result?.data as { ok: boolean }[];
      expect(results.filter((result) => !result.ok)).toEqual([]);
    }
    for (const table of TABLES) {
      const expected = frozen.expect[table] ?? [];
      const rows = queryRows(
        daemon.paths.database,
        `SELECT * FROM ${table} ORDER BY ${ORDER[table] ?? "id"}`,
      );
      expect(rows.length, table).toBe(expected.length);
      expect(rows, table).toMatchObject(expected);
    }
  });
});
