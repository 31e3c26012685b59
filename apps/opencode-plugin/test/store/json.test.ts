import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openHistory } from "../../src/store/index.ts";
import { NOW, rowsOf, StoreDatabase, T0, temporary, told } from "./storeOf.ts";

const TIME = { created: T0, updated: T0 + 5 };

/** Writes files of JSON, or of text as it is, by their paths below a directory. */
function write(root: string, files: Record<string, unknown>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
}

/** A session of one prompt and its answer, as OpenCode 1.0 kept them. */
const WHOLE = {
  "storage/session/p1/ses_1.json": {
    id: "ses_1",
    version: "1.0.100",
    projectID: "p1",
    directory: "/home/ada/garden",
    title: "Tulips",
    time: TIME,
  },
  "storage/message/ses_1/msg_1.json": {
    id: "msg_1",
    sessionID: "ses_1",
    role: "user",
    time: { created: T0 },
  },
  "storage/message/ses_1/msg_2.json": {
    id: "msg_2",
    sessionID: "ses_1",
    role: "assistant",
    parentID: "msg_1",
    modelID: "m1",
    providerID: "p",
    cost: 0.5,
    tokens: { input: 7, output: 3, reasoning: 0, cache: { read: 1, write: 2 } },
    finish: "stop",
    time: { created: T0 + 1, completed: T0 + 1_001 },
  },
  "storage/part/msg_1/prt_1.json": {
    id: "prt_1",
    sessionID: "ses_1",
    messageID: "msg_1",
    type: "text",
    text: "When?",
  },
  "storage/part/msg_2/prt_2.json": {
    id: "prt_2",
    sessionID: "ses_1",
    messageID: "msg_2",
    type: "text",
    text: "In May.",
    time: { start: T0 + 2, end: T0 + 900 },
  },
  "storage/part/msg_2/prt_3.json": {
    id: "prt_3",
    sessionID: "ses_1",
    messageID: "msg_2",
    type: "tool",
    tool: "bash",
    callID: "call_1",
    state: {
      status: "completed",
      input: { command: "date" },
      output: "May",
      title: "date",
      metadata: {},
      time: { start: T0 + 3, end: T0 + 13 },
    },
  },
};

const MESSAGES = ["ses_1 msg_1: When?", "ses_1 msg_2: In May."];

test("the files of OpenCode 1.0 are read without any database", () => {
  using root = temporary();
  write(root.path, {
    ...WHOLE,
    "storage/migration": "2",
    "storage/session_diff/ses_1.json": [],
    "storage/project/p1.json": {},
  });
  const { parts, records, unreadable, left } = told(root.path);
  expect({ parts, unreadable, left }).toEqual({ parts: ["ses_1"], unreadable: [], left: [] });
  expect(rowsOf(records, "message")).toEqual(MESSAGES);
  const last = (kind: string) => records.findLast((record) => record.kind === kind)?.data;
  expect(last("session")).toMatchObject({
    id: "ses_1",
    title: "Tulips",
    projectId: "p1",
    projectPath: "/home/ada/garden",
    agentVersion: "1.0.100",
    createdAt: T0,
    updatedAt: T0 + 5,
    observedAt: T0 + 5,
  });
  expect(last("message")).toMatchObject({
    id: "msg_2",
    parentId: "msg_1",
    model: "m1",
    provider: "p",
    promptTokens: 7,
    completionTokens: 3,
    cacheReadTokens: 1,
    cacheWriteTokens: 2,
    cost: 0.5,
    durationMs: 1_000,
    createdAt: T0 + 1,
    completedAt: T0 + 1_001,
    observedAt: T0 + 1_001,
  });
  expect(last("toolCall")).toMatchObject({
    id: "msg_2/call_1",
    output: "May",
    createdAt: T0 + 3,
    completedAt: T0 + 13,
  });
});

test("what the database has too merges by the ids", () => {
  using root = temporary();
  write(root.path, WHOLE);
  const store = new StoreDatabase(join(root.path, "opencode.db"));
  store
    .session("ses_1", "Renamed")
    .prompt("ses_1", "msg_1", "When?")
    .prompt("ses_1", "msg_9", "Later")
    .db.close();
  const { parts, records } = told(root.path);
  expect(parts).toEqual(["ses_1"]);
  expect(rowsOf(records, "message")).toEqual([...MESSAGES, "ses_1 msg_9: Later"]);
});

test("ids are those of the paths, as for OpenCode's own move into its database", () => {
  using root = temporary();
  write(root.path, {
    "storage/session/p2/ses_2.json": { id: "ses_old", projectID: "p1", title: "Moved", time: TIME },
    "storage/message/ses_2/msg_2.json": {
      id: "msg_old",
      sessionID: "ses_old",
      role: "user",
      time: { created: T0 },
    },
    "storage/part/msg_2/prt_2.json": {
      id: "prt_old",
      messageID: "msg_old",
      sessionID: "ses_old",
      type: "text",
      text: "Moved too",
    },
  });
  const { records } = told(root.path);
  expect(rowsOf(records, "session")).toEqual(["ses_2: Moved"]);
  expect(records[0]?.data).toMatchObject({ projectId: "p2" });
  expect(rowsOf(records, "message")).toEqual(["ses_2 msg_2: Moved too"]);
});

/** The layout of versions before 0.6, and what a message was in them. */
const OLDER = (directory: string) => ({
  [`${directory}/session/info/ses_1.json`]: {
    id: "ses_1",
    version: "0.5.1",
    title: "Tulips",
    time: TIME,
  },
  [`${directory}/session/message/ses_1/msg_1.json`]: {
    id: "msg_1",
    sessionID: "ses_1",
    role: "user",
    time: { created: T0 },
  },
  [`${directory}/session/part/ses_1/msg_1/prt_1.json`]: {
    id: "prt_1",
    type: "text",
    text: "When?",
  },
  [`${directory}/session/message/ses_1/msg_2.json`]: {
    id: "msg_2",
    sessionID: "ses_1",
    role: "assistant",
    time: { created: T0 + 1 },
    parts: [
      { id: "prt_2", type: "step-start" },
      { id: "prt_3", type: "text", text: "In May." },
    ],
  },
});

test.each(["storage", "project/home-ada-garden/storage", "project/global/storage"])(
  "files of versions before 0.6 are read in %s",
  (directory) => {
    using root = temporary();
    write(root.path, OLDER(directory));
    const { parts, records, unreadable } = told(root.path);
    expect({ parts, unreadable }).toEqual({ parts: ["ses_1"], unreadable: [] });
    expect(rowsOf(records, "session")).toEqual(["ses_1: Tulips"]);
    expect(rowsOf(records, "message")).toEqual(MESSAGES);
  },
);

test("a message of the first versions is read with the calls in it", () => {
  using root = temporary();
  write(root.path, {
    "project/x/storage/session/message/ses_1/msg_2.json": {
      id: "msg_2",
      role: "assistant",
      parts: [
        { type: "text", text: "In May." },
        {
          type: "tool-invocation",
          toolInvocation: {
            state: "result",
            toolCallId: "call_1",
            toolName: "bash",
            args: { command: "date" },
            result: "May",
          },
        },
      ],
      metadata: {
        sessionID: "ses_1",
        time: { created: T0, completed: T0 + 9 },
        tool: { call_1: { title: "date", time: { start: T0 + 3, end: T0 + 13 } } },
        assistant: {
          modelID: "m1",
          providerID: "p",
          cost: 0.5,
          path: { cwd: "/w", root: "/w" },
          tokens: { input: 7, output: 3, reasoning: 0, cache: { read: 0, write: 0 } },
        },
      },
    },
  });
  const { records, unreadable } = told(root.path);
  expect(unreadable).toEqual([]);
  expect(records.findLast(({ kind }) => kind === "message")?.data).toMatchObject({
    textContent: "In May.",
    model: "m1",
    promptTokens: 7,
    cost: 0.5,
    createdAt: T0,
    completedAt: T0 + 9,
  });
  expect(records.findLast(({ kind }) => kind === "toolCall")?.data).toMatchObject({
    id: "msg_2/call_1",
    name: "bash",
    status: "success",
    input: '{"command":"date"}',
    output: "May",
    createdAt: T0 + 3,
  });
});

test("what lost its session or its message is read", () => {
  using root = temporary();
  write(root.path, {
    ...WHOLE,
    "storage/message/ses_2/msg_3.json": { role: "user", time: { created: T0 } },
    "storage/part/msg_3/prt_4.json": { type: "text", text: "Of a lost session" },
    "storage/part/msg_gone/prt_5.json": {
      type: "text",
      text: "Of a lost message",
      sessionID: "ses_1",
    },
    "storage/part/msg_lost/prt_6.json": { type: "text", text: "Of neither" },
  });
  const { parts, records, unreadable } = told(root.path);
  expect(parts).toEqual(["ses_1", "ses_2", "~/storage/part"]);
  expect(rowsOf(records, "message")).toEqual([
    ...MESSAGES,
    "ses_1 msg_gone: Of a lost message",
    "ses_2 msg_3: Of a lost session",
  ]);
  expect(unreadable).toEqual(["message.part.updated: unexpected sessionID"]);
});

test("files that can't be read are told, each with its reason, and the others are read", () => {
  using root = temporary();
  write(root.path, {
    ...WHOLE,
    "storage/session/p1/ses_2.json": '{"id": "ses_2", "tit',
    "storage/message/ses_1/msg_0.json": "[]",
    "storage/message/ses_1/.DS_Store": "x",
    "storage/part/msg_1/prt_0.json": "",
    "storage/part/msg_2/prt_9.json": '\uFEFF{"type": "text", "text": "With a mark"}',
    "storage/message/ses_1/notes.txt": "not OpenCode's",
  });
  mkdirSync(join(root.path, "storage/part/msg_1/prt_dir.json"));
  const { records, unreadable } = told(root.path);
  expect(unreadable.toSorted()).toEqual([
    "message: its data is no JSON object",
    "not a file",
    "part: its data is no JSON object",
    "session: its file is no JSON object",
  ]);
  expect(rowsOf(records, "message")).toEqual([
    "ses_1 msg_1: When?",
    "ses_1 msg_2: In May.\n\nWith a mark",
  ]);
});

test("directories that are links are followed", () => {
  using root = temporary();
  write(
    root.path,
    Object.fromEntries(Object.entries(WHOLE).map(([path, content]) => [`disk/${path}`, content])),
  );
  mkdirSync(join(root.path, "opencode", "storage"), { recursive: true });
  for (const name of ["session", "message", "part"]) {
    symlinkSync(join(root.path, "disk/storage", name), join(root.path, "opencode/storage", name));
  }
  expect(rowsOf(told(join(root.path, "opencode")).records, "message")).toEqual(MESSAGES);
});

test.runIf(process.getuid?.() !== 0)("a directory that may not be read is told", () => {
  using root = temporary();
  write(root.path, WHOLE);
  chmodSync(join(root.path, "storage/session/p1"), 0);
  expect(told(root.path)).toMatchObject({
    parts: ["ses_1"],
    left: ["~/storage/session/p1: may not be read"],
  });
  chmodSync(join(root.path, "storage/session/p1"), 0o700);
});

test("the fingerprint of a session is another once one of its files is, and that alone", () => {
  using root = temporary();
  write(root.path, {
    ...WHOLE,
    "storage/session/p1/ses_2.json": { title: "Other", time: TIME },
    "storage/part/msg_gone/prt_5.json": { sessionID: "ses_1" },
  });
  const prints = () => {
    const history = openHistory({ places: [root.path], now: NOW });
    return Object.fromEntries(
      history.parts.map(({ id, fingerprint }) => [id.replace(root.path, "~"), fingerprint]),
    );
  };
  const before = prints();
  expect(prints()).toEqual(before);
  const changes: [string, () => void][] = [
    ["ses_1", () => write(root.path, { "storage/part/msg_2/prt_8.json": {} })],
    ["ses_1", () => utimesSync(join(root.path, "storage/message/ses_1/msg_1.json"), 1, 1)],
    ["ses_2", () => write(root.path, { "storage/message/ses_2/msg_7.json": {} })],
    ["~/storage/part", () => write(root.path, { "storage/part/msg_gone/prt_6.json": {} })],
  ];
  let last = before;
  for (const [changed, change] of changes) {
    change();
    const now = prints();
    expect(Object.keys(now).filter((id) => now[id] !== last[id])).toEqual([changed]);
    last = now;
  }
});
