import type { IngestRecord } from "@duolog/contract";
import { expect, test } from "vitest";
import type { Row } from "../../src/store/row.ts";
import type { RowsV2 } from "../../src/store/store.ts";
import { readSessionV2 } from "../../src/store/v2/readSessionV2.ts";
import { initialState2, translate2 } from "../../src/translate/index.ts";
import { mergeRecords } from "../merge.ts";

const T = 1_791_600_000_000;
const S = "ses_edc51826fffeuWQICogSUisGaa";

/** Ids with the clock of T + `ms`: 36 bits of milliseconds, and a counter. */
const idOf = (prefix: string, ms: number) =>
  `${prefix}_${((T + ms) % 2 ** 36).toString(16).padStart(9, "0")}001abcdefghijklmn`;

type Told = [ms: number, type: string, data: object];

/** What live capture makes of these events. */
function live(events: Told[]): IngestRecord[] {
  let state = initialState2;
  return events.flatMap(([ms, type, data]) => {
    const event = { id: idOf("evt", ms), created: T + ms, type, data: { sessionID: S, ...data } };
    const [next, results] = translate2(state, event, T + ms);
    state = next;
    return results.map((result) => {
      if (result.kind === "rejected") throw new Error(result.reason);
      return result;
    });
  });
}

/** What the store's rows of them give. */
function stored(rows: Row[]): IngestRecord[] {
  const v2: RowsV2 = {
    session: null,
    firstMove: () => null,
    messages: () => rows.map((row) => ({ row, copy: null })),
  };
  const found = [...readSessionV2(v2)];
  expect(found.flatMap(({ unreadable }) => unreadable)).toEqual([]);
  return found.flatMap(({ records }) => records);
}

/** A row of `session_message`, as OpenCode's projector makes it of an event at T + `ms`. */
function row(ms: number, type: string, { time, ...data }: Row, updated = ms): Row {
  const own = { id: idOf("msg", ms), session_id: S, type, seq: ms, time_created: T + ms };
  const all = { ...data, time: { created: T + ms, ...(time as object) } };
  return { ...own, time_updated: T + updated, data: JSON.stringify(all) };
}

/** The rows of messages, calls and events; a session's may be told later by more than one event. */
function factsOf(records: IngestRecord[]) {
  return mergeRecords(records.filter(({ kind }) => kind !== "session"));
}

const MODEL = { id: "m2", providerID: "p" };
const ERROR = { type: "provider.internal", message: "Internal error" };
const INBOX = idOf("msg", 5);
const SHELL = { id: "sh_1", command: "ls", status: "running", cwd: "/home/ada", time: {} };
const OUTPUT = { output: "a\nb\n", cursor: 4, size: 4, truncated: false };
const TOKENS = { input: 5, output: 2, reasoning: 0, cache: { read: 0, write: 0 } };

test.each<[string, Told[], Row[]]>([
  [
    "what OpenCode said in the user's name",
    [[10, "session.synthetic", { text: "The file changed", description: "d" }]],
    [row(10, "synthetic", { text: "The file changed", description: "d" })],
  ],
  [
    "the same, by way of the inbox",
    [
      [
        5,
        "session.inbox.enqueued",
        { inboxID: INBOX, item: { type: "synthetic", payload: { text: "Done" } } },
      ],
      [10, "session.inbox.delivered", { inboxID: INBOX }],
    ],
    [{ ...row(10, "synthetic", { text: "Done" }), id: INBOX }],
  ],
  [
    "a skill",
    [[10, "session.skill.activated", { id: "sk", name: "Skill", text: "Do it so" }]],
    [row(10, "skill", { skill: "sk", name: "Skill", text: "Do it so" })],
  ],
  [
    "a person's command",
    [
      [10, "session.shell.started", { shell: SHELL }],
      [
        20,
        "session.shell.ended",
        { shell: { ...SHELL, status: "exited", exit: 0 }, output: OUTPUT },
      ],
    ],
    [
      row(
        10,
        "shell",
        {
          shellID: "sh_1",
          command: "ls",
          status: "exited",
          exit: 0,
          output: OUTPUT,
          time: { completed: T + 20 },
        },
        20,
      ),
    ],
  ],
  [
    "a person's command that runs",
    [[10, "session.shell.started", { shell: SHELL }]],
    [row(10, "shell", { shellID: "sh_1", command: "ls", status: "running" })],
  ],
  [
    "a compaction that nobody asked for",
    [
      [10, "session.execution.started", {}],
      [11, "session.compaction.started", { reason: "auto", recent: "" }],
      [
        20,
        "session.compaction.ended",
        { reason: "auto", text: "S", recent: "r", model: MODEL, cost: 1, tokens: TOKENS },
      ],
    ],
    [
      row(
        11,
        "compaction",
        {
          status: "completed",
          reason: "auto",
          summary: "S",
          recent: "r",
          model: MODEL,
          cost: 1,
          tokens: TOKENS,
        },
        20,
      ),
    ],
  ],
  [
    "a compaction that failed",
    [
      [11, "session.compaction.started", { reason: "manual", inputID: INBOX }],
      [20, "session.compaction.failed", { reason: "manual", inputID: INBOX, error: ERROR }],
    ],
    [
      {
        ...row(11, "compaction", { status: "failed", reason: "manual", error: ERROR }, 20),
        id: INBOX,
      },
    ],
  ],
  [
    "another agent",
    [[10, "session.agent.selected", { agent: "plan", previous: "build" }]],
    [row(10, "agent-switched", { agent: "plan", previous: "build" })],
  ],
  [
    "another model",
    [[10, "session.model.selected", { model: MODEL, previous: { ...MODEL, id: "m1" } }]],
    [row(10, "model-switched", { model: MODEL, previous: { ...MODEL, id: "m1" } })],
  ],
  [
    "another directory",
    [[10, "session.moved", { location: { directory: "/home/ada/b" }, projectID: "p" }]],
    [row(10, "location-switched", { location: { directory: "/home/ada/b" }, projectID: "p" })],
  ],
  [
    "a failure whose error the row keeps",
    [[10, "session.execution.failed", { error: ERROR }]],
    [row(10, "idle", { outcome: "failed", error: ERROR })],
  ],
])("%s: live capture and the store's row tell the same", (_what, events, rows) => {
  const facts = factsOf(stored(rows));
  expect(facts).toEqual(factsOf(live(events)));
  expect(Object.keys(facts)).toHaveLength(1);
});

test("a call that failed, and one under way, in an answer that goes on", () => {
  const answer = idOf("msg", 10);
  const ids = { assistantMessageID: answer };
  const input = { filePath: "/home/ada/a.txt" };
  const content = [{ type: "text", text: "part of it" }];
  const events: Told[] = [
    [10, "session.step.started", { ...ids, agent: "build", model: MODEL, started: T + 10 }],
    [20, "session.tool.input.started", { ...ids, id: "call_1", name: "edit" }],
    [21, "session.tool.called", { ...ids, id: "call_1", input, executed: false }],
    [22, "session.tool.input.started", { ...ids, id: "call_2", name: "shell" }],
    [
      23,
      "session.tool.called",
      { ...ids, id: "call_2", input: { command: "ls" }, executed: false },
    ],
    [30, "session.tool.failed", { ...ids, id: "call_1", error: ERROR, content, executed: false }],
  ];
  const failed = { status: "error", input, error: ERROR, content };
  const items = [
    {
      type: "tool",
      id: "call_1",
      name: "edit",
      state: failed,
      time: { created: T + 20, ran: T + 21, completed: T + 30 },
    },
    {
      type: "tool",
      id: "call_2",
      name: "shell",
      state: { status: "running", input: { command: "ls" }, metadata: {} },
      time: { created: T + 22, ran: T + 23 },
    },
  ];
  const told = factsOf(
    stored([row(10, "assistant", { agent: "build", model: MODEL, content: items }, 30)]),
  );
  expect(told).toEqual(factsOf(live(events)));
  expect(Object.keys(told)).toHaveLength(3);
});

test("a session that moved began where its first move says", () => {
  const session = {
    id: S,
    directory: "/home/ada/c",
    project_id: "pc",
    version: "2.0.26",
    time_created: T,
    time_updated: T + 30,
  };
  const move = (ms: number, from: string, to: string) =>
    row(ms, "location-switched", {
      location: { directory: to },
      projectID: `p${to.at(-1)}`,
      previous: { location: { directory: from }, projectID: `p${from.at(-1)}` },
    });
  const rows = [move(10, "/home/ada/a", "/home/ada/b"), move(20, "/home/ada/b", "/home/ada/c")];
  const v2: RowsV2 = {
    session,
    firstMove: () => rows[0] ?? null,
    messages: () => rows.map((each) => ({ row: each, copy: null })),
  };
  const merged = mergeRecords([...readSessionV2(v2)].flatMap(({ records }) => records));
  const events = Object.values(merged).filter(({ kind }) => kind === "cwd");
  expect(events.map(({ data }) => data)).toEqual([
    '{"from":"/home/ada/a","to":"/home/ada/b"}',
    '{"from":"/home/ada/b","to":"/home/ada/c"}',
  ]);
  expect(merged[`session  ${S}`]).toMatchObject({ projectId: "pc" });
});
