import { describe, expect, test } from "vitest";
import { event, lastSession, NOON, recordsOf, sessionUpdated, told } from "./events.ts";

const status = (type: string, at: number) =>
  event("session.status", { sessionID: "ses_1", status: { type } }, at);

test("every field of session.updated", () => {
  const info = {
    id: "ses_1",
    parentID: "ses_0",
    projectID: "p-1",
    directory: "/home/dev/src/proj",
    title: "Fix the login",
    version: "1.18.33",
    model: { id: "m-1", providerID: "p-1" },
    cost: 0.5,
    tokens: { input: 1, output: 2, reasoning: 3, cache: { read: 4, write: 5 } },
    time: { created: NOON - 5_000, updated: NOON - 10 },
  };
  expect(lastSession([event("session.updated", { sessionID: "ses_1", info }, NOON, 7)])).toEqual({
    id: "ses_1",
    source: "opencode",
    title: "Fix the login",
    titleKind: "generated",
    projectPath: "/home/dev/src/proj",
    projectName: "proj",
    projectId: "p-1",
    gitBranch: null,
    model: "m-1",
    provider: "p-1",
    agentVersion: "1.18.33",
    parentId: "ses_0",
    forkedFromId: null,
    status: null,
    error: null,
    promptTokens: 1,
    completionTokens: 2,
    reasoningTokens: 3,
    cacheReadTokens: 4,
    cacheWriteTokens: 5,
    cacheWrite1hTokens: null,
    cost: 0.5,
    linesAdded: null,
    linesRemoved: null,
    createdAt: NOON - 5_000,
    updatedAt: NOON - 10,
    endedAt: null,
    observedAt: NOON,
    observedSeq: 7,
  });
});

describe("titles", () => {
  test.each([
    ["New session - 2026-11-22T11:08:16.621Z", "placeholder"],
    ["Child session - 2026-11-22T11:08:16.621Z", "placeholder"],
    ["New session - 2026-11-22T11:08:16.621Z (fork #1)", "generated"],
    ["New session - plans for Monday", "generated"],
    ["sub job (@general subagent)", "generated"],
  ])("%s is %s", (title, kind) => {
    expect(lastSession([sessionUpdated({ title })])).toMatchObject({ title, titleKind: kind });
  });

  test("an empty title is none", () => {
    expect(lastSession([sessionUpdated({ title: "" })])).toMatchObject({ titleKind: null });
  });

  test("a long one is cut to 200 and stays storable", () => {
    const { title } = lastSession([sessionUpdated({ title: `${"a".repeat(199)}😀b` })]);
    expect(title).toBe(`${"a".repeat(199)}\uFFFD`);
  });

  test("M4: one renamed without a newer time.updated is observed later", () => {
    const time = { created: NOON, updated: NOON };
    const first = lastSession([sessionUpdated({ title: "A", time }, NOON)]);
    const second = lastSession([sessionUpdated({ title: "B", time }, NOON + 60_000)]);
    expect(second.updatedAt).toBe(first.updatedAt);
    expect(second.observedAt).toBe(NOON + 60_000);
  });
});

test.each([
  ["/home/dev/src/proj", "proj"],
  ["/home/dev/src/proj/", "proj"],
  ["C:\\work\\proj", "proj"],
  ["/", null],
])("the project of %s is %s", (directory, name) => {
  expect(lastSession([sessionUpdated({ directory })]).projectName).toBe(name);
});

describe("status", () => {
  test.each([
    [status("busy", NOON), "active"],
    [status("retry", NOON), "active"],
    [status("idle", NOON), "idle"],
    [event("session.idle", { sessionID: "ses_1" }), "idle"],
    [event("session.compacted", { sessionID: "ses_1" }), null],
    [event("session.error", { sessionID: "ses_1" }), "error"],
    [sessionUpdated({ time: { archived: NOON } }), "archived"],
    [sessionUpdated({ time: { archived: 0 } }), null],
  ])("%j gives %s", (each, expected) => {
    expect(lastSession([each]).status).toBe(expected);
  });

  test("what a session does says when, and nothing about its title or model", () => {
    const known = sessionUpdated({ title: "A", model: { id: "m" }, time: { updated: NOON } });
    const later = lastSession([known, status("busy", NOON + 1)]);
    expect(later).toMatchObject({ title: null, model: null, updatedAt: NOON + 1 });
    expect(later).toMatchObject({ status: "active", observedAt: NOON + 1 });
  });

  test("a session taken out of the archive is idle", () => {
    const archived = sessionUpdated({ time: { archived: NOON } });
    expect(lastSession([archived, sessionUpdated({}, NOON + 1)]).status).toBe("idle");
  });

  test("a deleted session has ended and stays deleted, whatever is told of it later", () => {
    const deleted = event("session.deleted", { sessionID: "ses_1", info: { id: "ses_1" } });
    expect(lastSession([deleted])).toMatchObject({
      status: "deleted",
      endedAt: NOON,
      updatedAt: NOON,
    });
    for (const late of [status("idle", NOON + 1), sessionUpdated({ title: "A" }, NOON + 1)]) {
      expect(lastSession([deleted, late])).toMatchObject({ status: null, endedAt: null });
    }
  });
});

describe("errors", () => {
  test.each([
    [{ name: "APIError", data: { message: "refused" } }, "APIError: refused"],
    [{ name: "MessageAbortedError", data: {} }, "MessageAbortedError"],
    [{ data: { message: "refused" } }, "refused"],
    [undefined, null],
  ])("%j is %s", (error, expected) => {
    const each = event("session.error", { sessionID: "ses_1", error });
    expect(lastSession([each]).error).toBe(expected);
  });

  test("one of no session is not for the record", () => {
    expect(told([event("session.error", { error: { name: "UnknownError" } })])).toEqual([[]]);
  });
});

test("a sub-agent's session has its parent", () => {
  const info = { id: "ses_2", parentID: "ses_1" };
  const created = event("session.created", { sessionID: "ses_2", info });
  expect(lastSession([created])).toMatchObject({ id: "ses_2", parentId: "ses_1" });
});

test("a fork has no parent, and each of its replayed messages is a row of the fork", () => {
  const info = { id: "ses_2", title: "Fix the login (fork #1)", time: { created: NOON } };
  const replayed = (id: string) => [
    event("message.updated", {
      sessionID: "ses_2",
      info: { id, role: "user", time: { created: NOON - 9_000 } },
    }),
    event("message.part.updated", {
      sessionID: "ses_2",
      part: { id: `prt_${id}`, messageID: id, sessionID: "ses_2", type: "text", text: id },
    }),
  ];
  const records = recordsOf([
    event("session.created", { sessionID: "ses_2", info }),
    ...replayed("msg_a"),
    ...replayed("msg_b"),
  ]);
  const messages = records.filter(({ kind }) => kind === "message").map(({ data }) => data);
  expect(lastSession([event("session.created", { info })]).parentId).toBeNull();
  expect(messages).toMatchObject([
    { id: "msg_a", sessionId: "ses_2", createdAt: NOON - 9_000, textContent: null },
    { id: "msg_a", sessionId: "ses_2", createdAt: NOON - 9_000, textContent: "msg_a" },
    { id: "msg_b", sessionId: "ses_2", createdAt: NOON - 9_000, textContent: null },
    { id: "msg_b", sessionId: "ses_2", createdAt: NOON - 9_000, textContent: "msg_b" },
  ]);
});
