import { describe, expect, test } from "vitest";
import {
  event,
  eventsOf,
  idAt,
  messageUpdated,
  NOON,
  partUpdated,
  sessionUpdated,
} from "./events.ts";

const ID = idAt("evt", NOON).slice("evt_".length);
const own = (type: string, properties: object, at = NOON) =>
  event(type, { sessionID: "ses_1", ...properties }, at);

test("every field of an event", () => {
  const error = { name: "APIError", data: { message: "refused" } };
  expect(eventsOf([own("session.error", { error })])).toEqual([
    {
      id: ID,
      sessionId: "ses_1",
      source: "opencode",
      kind: "error",
      messageId: null,
      toolCallId: null,
      text: "APIError: refused",
      data: null,
      createdAt: NOON,
      updatedAt: NOON,
      observedAt: NOON,
      observedSeq: 1,
    },
  ]);
});

test("one without an id is none: nothing would tell its repetition", () => {
  const { id: _id, ...error } = own("session.error", { error: { name: "UnknownError" } });
  expect(eventsOf([error])).toEqual([]);
});

test("a retry tells which one it is and when the next follows", () => {
  const status = { type: "retry", attempt: 2, message: "overloaded", next: NOON + 2_000 };
  expect(eventsOf([own("session.status", { status })])).toMatchObject([
    {
      id: ID,
      kind: "retry",
      text: "overloaded",
      data: `{"attempt":2,"next":${NOON + 2_000}}`,
    },
  ]);
});

test("a retry part is told by its own id", () => {
  const error = { name: "APIError", data: { message: "overloaded" } };
  const part = { type: "retry", attempt: 1, error, time: { created: NOON + 3 } };
  expect(eventsOf([partUpdated(part)])).toMatchObject([
    {
      id: "prt_1",
      kind: "retry",
      messageId: "msg_1",
      text: "APIError: overloaded",
      data: '{"attempt":1}',
      createdAt: NOON + 3,
    },
  ]);
});

describe("an answer that a person ended", () => {
  const error = { name: "MessageAbortedError", data: { message: "Aborted" } };
  const ended = messageUpdated({ error, time: { created: NOON, completed: NOON + 7 } });

  test("is an event under the answer's id", () => {
    expect(eventsOf([ended])).toMatchObject([
      {
        id: "msg_1",
        kind: "interrupt",
        messageId: "msg_1",
        text: "MessageAbortedError: Aborted",
        createdAt: NOON + 7,
      },
    ]);
  });

  test("is told once, though session.error says it too", () => {
    expect(eventsOf([own("session.error", { error }), ended])).toHaveLength(1);
  });
});

describe("a compaction", () => {
  const asked = (part: object) =>
    partUpdated({ type: "compaction", messageID: "msg_0", ...part }, NOON + 1);
  const summary = messageUpdated({ summary: true, parentID: "msg_0" }, NOON + 2);
  const text = partUpdated({ text: "## Goal" }, NOON + 3);

  test.each([
    [{ auto: true, overflow: true }, '{"trigger":"auto","overflow":true}'],
    [{ auto: true }, '{"trigger":"auto"}'],
    [{ auto: false }, '{"trigger":"manual"}'],
  ])("asked for by %j", (part, data) => {
    expect(eventsOf([asked(part)])).toMatchObject([
      { id: "msg_0", kind: "compaction", messageId: "msg_0", data, createdAt: NOON + 1 },
    ]);
  });

  test.each([
    ["the answer before its text", [summary, text]],
    ["the text before its answer", [text, summary]],
  ])("gets its summary as it comes: %s", (_what, events) => {
    expect(eventsOf(events)).toMatchObject([
      { id: "msg_0", kind: "compaction", text: "## Goal", createdAt: null, updatedAt: NOON + 3 },
    ]);
  });
});

test("what OpenCode says in the user's name is an event of its part, and no text of the message", () => {
  const part = { id: "prt_9", synthetic: true, text: "Called the Read tool" };
  expect(eventsOf([partUpdated(part, NOON + 1)])).toMatchObject([
    {
      id: "prt_9",
      kind: "injected",
      messageId: "msg_1",
      text: "Called the Read tool",
      createdAt: NOON + 1,
    },
  ]);
});

describe("permissions", () => {
  const tool = { messageID: "msg_1", callID: "call_1" };

  test("asked", () => {
    const asked = { id: "per_1", permission: "bash", patterns: ["rm *"], metadata: {}, tool };
    expect(eventsOf([own("permission.asked", asked)])).toMatchObject([
      {
        id: ID,
        kind: "permission",
        messageId: "msg_1",
        toolCallId: "msg_1/call_1",
        data: '{"request":"per_1","permission":"bash","patterns":["rm *"]}',
      },
    ]);
  });

  test("asked by an older version", () => {
    const asked = { id: "per_1", type: "bash", pattern: "rm *", title: "rm", ...tool };
    expect(eventsOf([own("permission.updated", asked)])).toMatchObject([
      {
        toolCallId: "msg_1/call_1",
        data: '{"request":"per_1","permission":"bash","patterns":["rm *"]}',
      },
    ]);
  });

  test.each([
    [{ requestID: "per_1", reply: "reject" }],
    [{ permissionID: "per_1", response: "reject" }],
  ])("answered by %j", (answer) => {
    expect(eventsOf([own("permission.replied", answer)])).toMatchObject([
      { kind: "permission", data: '{"request":"per_1","decision":"reject"}' },
    ]);
  });
});

describe("what became of a session", () => {
  const told = (info: object, at: number) => sessionUpdated({ title: "A", ...info }, at);
  const changes = (...events: unknown[]) =>
    eventsOf(events).map(({ kind, text, data, createdAt }) => ({ kind, text, data, createdAt }));

  test("another title is a rename", () => {
    expect(changes(told({}, NOON), told({ title: "B" }, NOON + 1))).toEqual([
      { kind: "rename", text: "B", data: '{"from":"A"}', createdAt: NOON + 1 },
    ]);
  });

  test.each([
    ["the first one after a placeholder", "New session - 2026-11-22T11:08:16.621Z", "B"],
    ["the same", "A", "A"],
    ["none", "A", undefined],
  ])("no rename: %s", (_what, before, after) => {
    expect(changes(told({ title: before }, NOON), told({ title: after }, NOON + 1))).toEqual([]);
  });

  test("no rename: one told late", () => {
    expect(changes(told({ title: "B" }, NOON + 1), told({}, NOON))).toEqual([]);
  });

  test("a process that knew nothing of the session before tells none", () => {
    expect(changes(told({ title: "B", revert: { messageID: "msg_1" } }, NOON))).toEqual([]);
  });

  test("another model", () => {
    const events = ["m-1", "m-1", "m-2"].map((id, n) =>
      told({ model: { id, providerID: "p" } }, NOON + n),
    );
    expect(changes(...events)).toEqual([
      {
        kind: "model",
        text: "m-2",
        data: '{"model":"m-2","provider":"p","from":"m-1"}',
        createdAt: NOON + 2,
      },
    ]);
  });

  test("put away, under an id made of when, once", () => {
    const time = { created: NOON, archived: NOON + 4 };
    expect(
      eventsOf([told({ time }, NOON + 5), told({ time, title: "A" }, NOON + 6)]),
    ).toMatchObject([{ id: `archive-${NOON + 4}`, kind: "archive", createdAt: NOON + 4 }]);
  });

  test("deleted", () => {
    const deleted = own("session.deleted", { info: { id: "ses_1" } });
    expect(eventsOf([deleted])).toMatchObject([{ id: ID, kind: "delete", createdAt: NOON }]);
  });
});

describe("a revert", () => {
  const at = (n: number, revert?: object) => sessionUpdated({ title: "A", revert }, NOON + n);
  const removed = (type: string, n: number) =>
    own(type, { messageID: "msg_1", partID: "prt_1" }, NOON + n);
  const dataOf = (...events: unknown[]) =>
    eventsOf(events).map(({ kind, messageId, data }) => [kind, messageId, JSON.parse(data ?? "")]);
  const whole = { messageID: "msg_1" };
  const part = { messageID: "msg_1", partID: "prt_1" };

  test("stands at first, and further back", () => {
    expect(dataOf(at(0), at(1, whole), at(2, whole), at(3, { messageID: "msg_0" }))).toEqual([
      ["revert", "msg_1", { to: "msg_1" }],
      ["revert", "msg_0", { to: "msg_0" }],
    ]);
  });

  test("can be undone", () => {
    expect(dataOf(at(0), at(1, whole), at(2))).toEqual([
      ["revert", "msg_1", { to: "msg_1" }],
      ["revert", "msg_1", { to: "msg_1", undone: true }],
    ]);
  });

  test("is for good once its messages were removed", () => {
    const events = [at(0), at(1, whole), removed("message.removed", 2), at(3)];
    expect(dataOf(...events).at(-1)).toEqual(["revert", "msg_1", { boundary: "msg_1" }]);
  });

  test("in the middle of a message names no boundary: the message stays", () => {
    const events = [at(0), at(1, part), removed("message.part.removed", 2), at(3)];
    expect(dataOf(...events)).toEqual([
      ["revert", "msg_1", { to: "msg_1", part: "prt_1" }],
      ["revert", "msg_1", { to: "msg_1", part: "prt_1", committed: true }],
    ]);
  });

  test("after one that was undone is not for good by what was removed before", () => {
    const events = [removed("message.removed", 0), at(1), at(2, whole), at(3)];
    expect(dataOf(...events).at(-1)).toEqual(["revert", "msg_1", { to: "msg_1", undone: true }]);
  });
});
