import { describe, expect, test } from "vitest";
import { initialState2, type State2, translate2 } from "../../src/translate/index.ts";
import { MAX_CHARS, MAX_SESSIONS } from "../../src/translate/v2/state.ts";
import { NOON } from "../events.ts";
import { mergeRecords } from "../merge.ts";
import { ANSWER, event, ofAnswer, recordsOf, SESSION, stepStarted } from "./events.ts";

const rowsOf = (events: unknown[]) => mergeRecords(recordsOf(events));
const sessionRow = (events: unknown[]) => rowsOf(events)[`session  ${SESSION}`];
/** The events' rows, the data parsed. */
const eventRows = (events: unknown[]) =>
  Object.entries(rowsOf(events))
    .filter(([key]) => key.startsWith("event "))
    .map(([, { id, kind, text, data, messageId, createdAt, updatedAt }]) => ({
      id,
      kind,
      text,
      data: typeof data === "string" ? JSON.parse(data) : data,
      messageId,
      createdAt,
      updatedAt,
    }));
const created = (data: object = {}) =>
  event("session.created", { location: { directory: "/p/a" }, version: "2.0.1", ...data });

describe("titles", () => {
  test("there is none until one was generated", () => {
    expect(sessionRow([created()])).toMatchObject({ title: null, titleKind: null });
  });

  test.each([
    ["the first name is no other name", [created()], ["A"], []],
    ["a name over another one is", [created({ title: "A" })], ["B"], [{ from: "A" }]],
    ["the same name is none", [created({ title: "A" })], ["A"], []],
    ["two", [created()], ["A", "B", "C"], [{ from: "A" }, { from: "B" }]],
    ["what came before is not known", [], ["B"], []],
  ])("%s", (_what, before, titles, changes) => {
    const renamed = titles.map((title, n) => event("session.renamed", { title }, NOON + 1 + n));
    const events = [...before, ...renamed];
    expect(sessionRow(events)).toMatchObject({ title: titles.at(-1), titleKind: "generated" });
    expect(eventRows(events).map(({ kind, data }) => [kind, data])).toEqual(
      changes.map((data) => ["rename", data]),
    );
    // Told again later they are no other names.
    expect(rowsOf([...events, ...events])).toEqual(rowsOf(events));
  });
});

test("a session that moves keeps the project in which it began", () => {
  const moved = event(
    "session.moved",
    { location: { directory: "/p/b" }, projectID: "pb" },
    NOON + 1,
  );
  expect(sessionRow([created(), moved])).toMatchObject({ projectPath: "/p/a", projectId: "pb" });
  expect(eventRows([created(), moved])).toMatchObject([
    { kind: "cwd", data: { from: "/p/a", to: "/p/b" } },
  ]);
});

test("a model and an agent that a person chose", () => {
  const model = event("session.model.selected", {
    model: { id: "m2", providerID: "p2" },
    previous: { id: "m1", providerID: "p1" },
  });
  const agent = event("session.agent.selected", { agent: "plan", previous: "build" }, NOON + 1);
  expect(sessionRow([model, agent])).toMatchObject({ model: "m2", provider: "p2" });
  expect(eventRows([model, agent])).toMatchObject([
    { kind: "model", text: "m2", data: { model: "m2", provider: "p2", from: "m1" } },
    { kind: "other", text: "plan", data: { what: "agent", agent: "plan", from: "build" } },
  ]);
});

describe("how an execution ends", () => {
  const started = event("session.execution.started");
  test.each([
    ["session.execution.succeeded", {}, "idle", null, []],
    [
      "session.execution.failed",
      { error: { type: "unknown", message: "no" } },
      "error",
      "unknown: no",
      [{ kind: "error", text: "unknown: no" }],
    ],
    [
      "session.execution.interrupted",
      { reason: "user" },
      "idle",
      null,
      [{ kind: "interrupt", data: { reason: "user" } }],
    ],
    [
      "session.execution.interrupted",
      { reason: "shutdown" },
      "idle",
      null,
      [{ kind: "interrupt", data: { reason: "shutdown" } }],
    ],
  ])("%s %j", (type, data, status, error, events) => {
    const all = [started, stepStarted(), event(type, data, NOON + 1)];
    expect(sessionRow(all)).toMatchObject({ status, error, updatedAt: NOON + 1 });
    const rows = eventRows(all);
    expect(rows).toHaveLength(events.length);
    expect(rows).toMatchObject(events.map((row) => ({ ...row, messageId: ANSWER })));
  });

  test("a session that is gone stays so", () => {
    const end = event("session.execution.interrupted", { reason: "user" }, NOON + 2);
    expect(sessionRow([started, event("session.deleted", {}, NOON + 1), end])).toMatchObject({
      status: "deleted",
      endedAt: NOON + 1,
    });
  });
});

test("a question and its answer", () => {
  const asked = event("permission.asked", {
    id: "per_1",
    action: "shell",
    resources: ["rm *", 7],
    source: { type: "tool", messageID: ANSWER, id: "call_1" },
  });
  const replied = event("permission.replied", { requestID: "per_1", reply: "reject" }, NOON + 1);
  const [question, answer] = recordsOf([asked, replied]);
  expect(question?.data).toMatchObject({
    kind: "permission",
    messageId: ANSWER,
    toolCallId: `${ANSWER}/call_1`,
    data: JSON.stringify({ request: "per_1", permission: "shell", patterns: ["rm *"] }),
  });
  expect(answer?.data).toMatchObject({
    data: JSON.stringify({ request: "per_1", decision: "reject" }),
  });
});

describe("reverts", () => {
  const staged = event("session.revert.staged", { revert: { messageID: "msg_1" } });
  const cleared = event("session.revert.cleared", {}, NOON + 1);
  const committed = event("session.revert.committed", { to: "msg_1" }, NOON + 2);
  test.each([
    ["undone", [staged, cleared], [{ to: "msg_1" }, { to: "msg_1", undone: true }]],
    ["undone, of what nobody told", [cleared], [{ undone: true }]],
    ["for good", [committed], [{ boundary: "msg_1" }]],
  ])("%s", (_what, events, data) => {
    expect(eventRows(events)).toMatchObject(data.map((each) => ({ kind: "revert", data: each })));
    expect(rowsOf([...events, ...events])).toEqual(rowsOf(events));
  });
});

describe("compactions", () => {
  const execution = event("session.execution.started");
  const begun = (inputID?: string) =>
    event("session.compaction.started", { reason: "auto", recent: "", inputID }, NOON + 1);
  const ended = event("session.compaction.ended", { reason: "auto", text: "Sum" }, NOON + 2);
  const own = begun().id.slice(4);
  test.each([
    ["asked for: the message's id", [begun("msg_9"), ended], "msg_9", "msg_9", NOON + 1],
    ["by itself: its beginning's id", [begun(), ended], own, null, NOON + 1],
    ["without a beginning: its own", [execution, ended], ended.id.slice(4), null, NOON + 2],
  ])("%s", (_what, events, id, messageId, createdAt) => {
    const row = { id, kind: "compaction", text: "Sum", messageId, createdAt, updatedAt: NOON + 2 };
    expect(eventRows(events)).toEqual([{ ...row, data: { trigger: "auto" } }]);
    expect(rowsOf([...events, ...events])).toEqual(rowsOf(events));
  });

  test("where the beginning was missed, the store tells it", () => {
    expect(eventRows([ended])).toEqual([]);
  });

  test("one that failed", () => {
    const failed = event(
      "session.compaction.failed",
      { reason: "manual", error: { type: "provider.internal", message: "500" } },
      NOON + 2,
    );
    expect(eventRows([begun("msg_9"), failed])).toMatchObject([
      { id: "msg_9", data: { trigger: "manual", error: "provider.internal: 500" } },
    ]);
  });
});

describe("what others said in the user's name", () => {
  const shell = { id: "sh_1", command: "ls", cwd: "/p", status: "running" };
  test("a synthetic text, a skill", () => {
    const events = [
      event("session.synthetic", { text: "Go on.", description: "resumed" }),
      event("session.skill.activated", { id: "s1", name: "tidy", text: "Be tidy." }, NOON + 1),
    ];
    expect(eventRows(events)).toMatchObject([
      { kind: "injected", text: "Go on.", data: { what: "synthetic", description: "resumed" } },
      { kind: "injected", text: "Be tidy.", data: { what: "skill", skill: "s1", name: "tidy" } },
    ]);
  });

  test("a command of the user's is one row, with what it printed", () => {
    const begun = event("session.shell.started", { shell });
    const ended = event(
      "session.shell.ended",
      { shell: { ...shell, status: "exited", exit: 0 }, output: { output: "a.txt\n" } },
      NOON + 5,
    );
    const data = { what: "shell", command: "ls", status: "exited", exitCode: 0 };
    expect(eventRows([begun, ended])).toEqual([
      {
        id: begun.id.slice(4),
        kind: "injected",
        text: "a.txt\n",
        data,
        messageId: null,
        createdAt: NOON,
        updatedAt: NOON + 5,
      },
    ]);
    expect(eventRows([ended])).toEqual([]);
  });
});

describe("what is remembered is bounded", () => {
  const after = (events: Iterable<unknown>) => {
    let state: State2 = initialState2;
    for (const each of events) [state] = translate2(state, each, NOON);
    return state;
  };

  test("sessions", () => {
    const events = Array.from({ length: MAX_SESSIONS + 10 }, (_, n) =>
      event("session.execution.started", { sessionID: `ses_${n}` }),
    );
    expect(after(events).sessions.size).toBe(MAX_SESSIONS);
  });

  test("answers that never end, and their texts", () => {
    const long = "x".repeat(MAX_CHARS / 4);
    const state = after(
      Array.from({ length: 8 }, (_, n) =>
        ofAnswer("session.text.ended", { assistantMessageID: `msg_${n}`, ordinal: 0, text: long }),
      ),
    );
    expect(state.answers.size).toBe(3);
  });

  test("an ended execution leaves nothing but a few facts, a deleted session less", () => {
    const events = [
      event("session.inbox.enqueued", { inboxID: "msg_1", item: { type: "user", payload: {} } }),
      event("session.execution.started"),
      stepStarted(),
      ofAnswer("session.step.ended", { finish: "stop" }, NOON + 1),
      event("session.execution.succeeded", {}, NOON + 2),
    ];
    expect(after(events).answers.size).toBe(0);
    const gone = after([...events, event("session.deleted", {}, NOON + 3)]);
    expect([gone.answers.size, gone.pending.size, gone.sessions.size]).toEqual([0, 0, 1]);
  });
});
