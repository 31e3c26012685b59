import { describe, expect, test } from "vitest";
import {
  eventOfMessage,
  eventOfPart,
  eventOfRow,
  eventOfSession,
  isWaiting,
  type PastEvent,
  subjectsOf,
} from "../../src/store/opencodeEvents.ts";
import { initialState, translate } from "../../src/translate/index.ts";

/** A run of OpenCode 1.18.33, when the clock in its ids had started anew 100 days before. */
const NOW = 1_795_402_800_000;
const DAY = 86_400_000;

function read(past: PastEvent | string) {
  if (typeof past === "string") throw new Error(past);
  return past;
}

/** What the plugin records of it. */
function recordOf(past: PastEvent | string) {
  const { event, at } = read(past);
  const [, results] = translate(initialState, event, at);
  expect(results.map(({ kind }) => kind)).not.toContain("rejected");
  return results[0] && "data" in results[0] ? results[0].data : null;
}

describe("an event's row", () => {
  const row = (data: unknown, id: unknown = "evt_20657729a001IG722GmuIA7DRZ") => ({
    id,
    aggregate_id: "ses_1",
    seq: 0,
    type: "session.updated.1",
    data: JSON.stringify(data),
  });
  // The id's clock stands at 0x20657729a ms.
  const made = 26 * 2 ** 36 + 0x20657729a;

  test("is the event that the plugin got, at the time in its id", () => {
    const data = { sessionID: "ses_1", info: { id: "ses_1", time: { created: made - 2 } } };
    expect(eventOfRow(row(data), 0, NOW)).toEqual({
      event: { id: row(data).id, type: "session.updated", properties: data },
      at: made,
    });
  });

  test.each([
    ["what it tells was half a year old", made - 180 * DAY, 0],
    [
      "what it tells was two years old, and the event before it a day",
      made - 730 * DAY,
      made - DAY,
    ],
    ["what it tells can't be", 0, made - DAY],
    ["what it tells lies in the future", NOW + 400 * DAY, made - DAY],
  ])("where %s", (_what, updated, near) => {
    const data = { info: { id: "ses_1", time: { updated } } };
    expect(read(eventOfRow(row(data), near, NOW)).at).toBe(made);
  });

  test("whose id holds no clock was told when its data says, and not before the one before", () => {
    const data = { part: { id: "p" }, time: made };
    expect(read(eventOfRow(row(data, "evt_1"), made - 5, NOW)).at).toBe(made);
    expect(read(eventOfRow(row(data, "evt_1"), made + 5, NOW)).at).toBe(made + 5);
  });

  test.each([["{torn"], ["[]"], ["null"], [7], [null]])("with data %j is none", (data) => {
    expect(eventOfRow({ ...row({}), data }, 0, NOW)).toBeTypeOf("string");
    expect(eventOfMessage({ id: "msg_1", session_id: "ses_1", data })).toBeTypeOf("string");
    expect(eventOfPart({ id: "prt_1", message_id: "msg_1", data })).toBeTypeOf("string");
  });

  test("tells of a session, a message or a part", () => {
    const subjects = (properties: Record<string, unknown>) =>
      subjectsOf({ type: "session.updated", properties });
    expect(subjects({ sessionID: "s", info: { id: "s" } })).toEqual(["s"]);
    expect(subjects({ sessionID: "s", part: { id: "p", messageID: "m" } })).toEqual(["p"]);
    expect(subjects({ sessionID: "s", info: 7 })).toEqual([]);
  });
});

describe("a row without events gives the record that its last event gave", () => {
  const times = { time_created: 1_770_000_000_000, time_updated: 1_770_000_050_000 };
  const stamp = { observedAt: times.time_updated, observedSeq: 1 };

  test("a session", () => {
    const row = {
      ...times,
      id: "ses_1",
      project_id: "694d6eb5",
      parent_id: "ses_0",
      directory: "/home/dev/src/proj",
      title: "Title of parallel",
      version: "1.18.33",
      cost: 0.0005,
      tokens_input: 104,
      tokens_output: 34,
      tokens_reasoning: 7,
      tokens_cache_read: 3_140,
      tokens_cache_write: 0,
      model: '{"id":"fake-1","providerID":"fake","variant":"default"}',
      time_archived: null,
    };
    expect(recordOf(eventOfSession(row))).toMatchObject({
      id: "ses_1",
      parentId: "ses_0",
      source: "opencode",
      title: "Title of parallel",
      titleKind: "generated",
      projectPath: "/home/dev/src/proj",
      projectName: "proj",
      projectId: "694d6eb5",
      model: "fake-1",
      provider: "fake",
      agentVersion: "1.18.33",
      status: null,
      promptTokens: 104,
      completionTokens: 34,
      reasoningTokens: 7,
      cacheReadTokens: 3_140,
      cacheWriteTokens: 0,
      cost: 0.0005,
      createdAt: times.time_created,
      updatedAt: times.time_updated,
      endedAt: null,
      ...stamp,
    });
    const archived = recordOf(eventOfSession({ ...row, time_archived: times.time_updated }));
    expect(archived).toMatchObject({ status: "archived" });
  });

  test("a session from before tokens and models were kept has none", () => {
    const row = {
      ...times,
      id: "ses_1",
      parent_id: null,
      directory: "/w",
      title: "t",
      version: "1",
    };
    expect(recordOf(eventOfSession(row))).toMatchObject({
      title: "t",
      parentId: null,
      model: null,
      promptTokens: null,
      cacheReadTokens: null,
      cost: null,
    });
  });

  test("a message, with the text of its parts", () => {
    const message = {
      ...times,
      id: "msg_1",
      session_id: "ses_1",
      data: JSON.stringify({
        role: "assistant",
        parentID: "msg_0",
        modelID: "fake-1",
        providerID: "fake",
        agent: "build",
        finish: "stop",
        cost: 0.000082,
        tokens: { input: 60, output: 9, reasoning: 0, cache: { read: 40, write: 0 } },
        time: { created: 1_770_000_000_000, completed: 1_770_000_001_500 },
      }),
    };
    const part = {
      id: "prt_1",
      message_id: "msg_1",
      session_id: "ses_1",
      time_created: 1_770_000_000_900,
      time_updated: 1_770_000_001_001,
      data: JSON.stringify({ type: "text", text: "Hello.", time: { end: 1_770_000_001_000 } }),
    };
    const [{ event, at }, second] = [read(eventOfMessage(message)), read(eventOfPart(part))];
    const [state] = translate(initialState, event, at);
    const [, results] = translate({ ...state, seq: 0 }, second.event, second.at);
    expect(results).toMatchObject([
      {
        kind: "message",
        data: {
          id: "msg_1",
          sessionId: "ses_1",
          parentId: "msg_0",
          role: "assistant",
          textContent: "Hello.",
          model: "fake-1",
          provider: "fake",
          agent: "build",
          finishReason: "stop",
          promptTokens: 60,
          cacheReadTokens: 40,
          cost: 0.000082,
          durationMs: 1_500,
          createdAt: 1_770_000_000_000,
          completedAt: 1_770_000_001_500,
          updatedAt: 1_770_000_001_500,
          ...stamp,
        },
      },
    ]);
  });

  test("a prompt's part, which has no end, is as old as its row", () => {
    const data = JSON.stringify({ type: "text", text: "hello" });
    const row = { ...times, id: "prt_1", message_id: "msg_1", session_id: "ses_1", data };
    expect(recordOf(eventOfPart(row))).toMatchObject({
      textContent: "hello",
      updatedAt: times.time_created,
    });
  });

  const toolRow = (state: object) => ({
    ...times,
    id: "prt_1",
    message_id: "msg_1",
    session_id: "ses_1",
    data: JSON.stringify({ type: "tool", tool: "bash", callID: "call_1", state }),
  });

  test("a tool call", () => {
    const state = {
      status: "completed",
      input: { command: "ls" },
      output: "a\n",
      title: "ls",
      metadata: { exit: 0 },
      time: { start: 1_770_000_000_100, end: 1_770_000_000_300 },
    };
    expect(recordOf(eventOfPart(toolRow(state)))).toMatchObject({
      id: "msg_1/call_1",
      messageId: "msg_1",
      kind: "shell",
      status: "success",
      input: '{"command":"ls"}',
      output: "a\n",
      data: '{"exitCode":0,"title":"ls"}',
      createdAt: 1_770_000_000_100,
      completedAt: 1_770_000_000_300,
      durationMs: 200,
      ...stamp,
    });
    expect(isWaiting(toolRow(state))).toBe(false);
  });

  test("a call whose input was never finished, which no event told", () => {
    const row = toolRow({ status: "pending", input: {}, raw: '{"com' });
    expect(isWaiting(row)).toBe(true);
    expect(recordOf(eventOfPart(row))).toMatchObject({ status: "running", input: '{"com' });
  });

  test("what was said in the user's name", () => {
    const data = JSON.stringify({ type: "text", text: "Called", synthetic: true });
    const row = { ...times, id: "prt_1", message_id: "msg_1", session_id: "ses_1", data };
    expect(recordOf(eventOfPart(row))).toMatchObject({
      id: "prt_1",
      kind: "injected",
      text: "Called",
      createdAt: times.time_created,
    });
  });
});
