import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import Database from "libsql";
import { describe, expect, test } from "vitest";
import type { Row } from "../../src/store/row.ts";
import type { EventV2 } from "../../src/store/v2/event.ts";
import { eventsOfMessage } from "../../src/store/v2/eventsOfMessage.ts";
import { beginningOf, presentOf, restOf } from "../../src/store/v2/eventsOfSession.ts";

const FIXTURES = new URL("../../../../test/fixtures/opencode-2/", import.meta.url);

interface Recorded extends EventV2 {
  id: string;
}

const RECORDED: Recorded[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".jsonl"))
  .flatMap((name) => readFileSync(new URL(name, FIXTURES), "utf8").trim().split("\n"))
  .map((line) => JSON.parse(line) as { kind: string; event: Recorded })
  .filter(({ kind }) => kind === "event")
  .map(({ event }) => event);

/** The rows of a table of `opencode-v2.sql`. */
function rowsOf(table: string): Row[] {
  const db = new Database(":memory:");
  db.exec(readFileSync(new URL("opencode-v2.sql", FIXTURES), "utf8"));
  const rows = db.prepare(`SELECT * FROM ${table}`).all() as Row[];
  db.close();
  return rows;
}

const isCopy = ({ id, seq }: Row) => String(id).endsWith(`_${seq}`);

function isTold(made: EventV2): boolean {
  const isSame = ([key, value]: [string, unknown], data: Row) =>
    isDeepStrictEqual(data[key], value);
  return RECORDED.some(
    ({ id, type, data }) =>
      type === made.type &&
      (made.id === undefined || made.id === id) &&
      Object.entries(made.data).every((entry) => isSame(entry, data)),
  );
}

describe("what rows give are the events that made them", () => {
  test.each(rowsOf("session_message").filter((row) => !isCopy(row)))(
    "$type of $session_id, $seq",
    (row) => {
      const made = eventsOfMessage(row);
      expect(made).toBeInstanceOf(Array);
      expect((made as EventV2[]).filter((event) => !isTold(event))).toEqual([]);
      expect(made.length).toBeGreaterThan(0);
    },
  );

  test.each(rowsOf("session_v2"))("session $id", (row) => {
    const [begun, ...more] = beginningOf(row, {
      forkId: "123ae88190018CQsUC8qc0AkWY",
      firstMove: null,
    });
    // Of a fork only the store tells the title and where it is; a sub-agent's title came with it.
    const beginning = row.fork_session_id ? [begun] : [begun, ...more];
    const present = presentOf(row).filter(({ type }) => type !== "session.renamed");
    const made = [...beginning, ...present, ...restOf(row)] as EventV2[];
    expect(made.filter((event) => !isTold(event))).toEqual([]);
  });
});

const T = 1_791_600_000_000;

/** A row of `session_message`. */
function message(type: string, data: object, at = T + 50): Row {
  const own = { id: "msg_a", session_id: "ses_a", type, seq: 1, time_created: T + 10 };
  return { ...own, time_updated: at, data: JSON.stringify({ time: { created: T + 10 }, ...data }) };
}

const IDS = { sessionID: "ses_a", assistantMessageID: "msg_a" };

/** The events but the step's own. */
function content(...items: object[]): unknown[] {
  const made = eventsOfMessage(message("assistant", { content: items }));
  return (made as EventV2[]).slice(1).map(({ type, created, data }) => [type, created, data]);
}

describe("an answer's content", () => {
  test("texts and reasoning are counted each for itself, and an empty one never ended", () => {
    const reasoning = {
      type: "reasoning",
      text: "r",
      time: { created: T + 20, completed: T + 30 },
    };
    const made = content({ type: "text", text: "a" }, reasoning, { type: "text", text: "" });
    expect(made).toEqual([
      ["session.text.started", T + 10, { ...IDS, ordinal: 0 }],
      ["session.text.ended", T + 50, { ...IDS, ordinal: 0, text: "a" }],
      ["session.reasoning.started", T + 20, { ...IDS, ordinal: 0 }],
      ["session.reasoning.ended", T + 30, { ...IDS, ordinal: 0, text: "r" }],
      ["session.text.started", T + 10, { ...IDS, ordinal: 1 }],
    ]);
  });

  const CALL = { ...IDS, id: "call_1" };
  const INPUT_STARTED = ["session.tool.input.started", T + 20, { ...CALL, name: "shell" }];

  test.each([
    ["whose input comes", { status: "streaming", input: "" }, { created: T + 20 }, []],
    [
      "whose input came in part",
      { status: "streaming", input: '{"com' },
      { created: T + 20 },
      [["session.tool.input.ended", T + 20, { ...CALL, text: '{"com' }]],
    ],
    [
      "that runs",
      { status: "running", input: { a: 1 }, metadata: {} },
      { created: T + 20, ran: T + 30 },
      [["session.tool.called", T + 30, { ...CALL, input: { a: 1 } }]],
    ],
    [
      "that failed",
      { status: "error", input: { a: 1 }, error: { type: "t", message: "m" } },
      { created: T + 20, ran: T + 30, completed: T + 40 },
      [
        ["session.tool.called", T + 30, { ...CALL, input: { a: 1 } }],
        ["session.tool.failed", T + 40, { ...CALL, error: { type: "t", message: "m" } }],
      ],
    ],
    [
      "that failed before it was called",
      { status: "error", input: {}, error: { type: "t", message: "m" } },
      { created: T + 20, completed: T + 40 },
      [["session.tool.failed", T + 40, { ...CALL, error: { type: "t", message: "m" } }]],
    ],
  ])("a call %s", (_what, state, time, events) => {
    const made = content({ type: "tool", id: "call_1", name: "shell", state, time });
    expect(made).toEqual([INPUT_STARTED, ...events]);
  });

  test("of a shape that is not known: what is known of the rest", () => {
    const strange = [null, "text", { type: "image" }, { type: "text", text: "b" }] as object[];
    expect(content(...strange)).toHaveLength(2);
  });
});

test("a row of another type tells nothing, one without JSON says so", () => {
  expect(eventsOfMessage(message("system", { text: "x" }))).toEqual([]);
  expect(eventsOfMessage(message("toString", {}))).toEqual([]);
  const torn = { ...message("user", {}), data: "{torn" };
  expect(eventsOfMessage(torn)).toBe("session_message: its data is no JSON object");
});

test("a compaction is known by what asked for it, one that nobody asked for by its event", () => {
  const idsOf = (reason: string) =>
    (eventsOfMessage(message("compaction", { reason, status: "running" })) as EventV2[]).map(
      ({ id, data }) => [id, data.inputID],
    );
  expect(idsOf("manual")).toEqual([[undefined, "msg_a"]]);
  expect(idsOf("auto")).toEqual([["evt_a", undefined]]);
});
