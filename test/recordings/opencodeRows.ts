import type { MergedRow } from "../../apps/daemon/src/core/merge.ts";

/** What merging adds of its own: not told by the agent, so not in these tables. */
export type Bookkeeping = "observedAt" | "observedSeq" | "stamps";

/** The rows that a recording must give. */
export interface Rows {
  sessions: Omit<MergedRow<"session">, Bookkeeping>[];
  messages: Omit<MergedRow<"message">, Bookkeeping>[];
}

type Session = Rows["sessions"][number];
type Message = Rows["messages"][number];

const NOTHING = {
  promptTokens: null,
  completionTokens: null,
  reasoningTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
};
const ZERO = tokens(0, 0, 0, 0, 0);

/** The order in which OpenCode's own `tokens` names them, cache last. */
function tokens(input: number, output: number, reasoning: number, read: number, write: number) {
  return {
    promptTokens: input,
    completionTokens: output,
    reasoningTokens: reasoning,
    cacheReadTokens: read,
    cacheWriteTokens: write,
    cacheWrite1hTokens: null,
  };
}

/** What the sessions of all recordings have in common. */
function session(own: Partial<Session> & Pick<Session, "id" | "title" | "createdAt">): Session {
  return {
    source: "opencode",
    sourceInferred: false,
    titleKind: "generated",
    projectPath: "/home/dev/src/proj",
    projectName: "proj",
    projectId: "694d6eb5641c54d4992bb28aa3d507e852b1847f",
    gitBranch: null,
    model: "fake-1",
    provider: "fake",
    agentVersion: "1.18.33",
    parentId: null,
    forkedFromId: null,
    status: "idle",
    error: null,
    ...ZERO,
    cost: 0,
    linesAdded: null,
    linesRemoved: null,
    updatedAt: null,
    endedAt: null,
    ...own,
  };
}

function message(own: Partial<Message> & Pick<Message, "id" | "sessionId" | "role">): Message {
  return {
    source: "opencode",
    sourceInferred: false,
    textContent: null,
    reasoningText: null,
    reasoningHash: null,
    reasoningBytes: null,
    attachments: null,
    model: "fake-1",
    provider: "fake",
    agent: "build",
    agentId: null,
    isSidechain: null,
    parentId: null,
    requestId: null,
    copiedFromId: null,
    finishReason: null,
    error: null,
    ...NOTHING,
    cost: null,
    durationMs: null,
    createdAt: null,
    completedAt: null,
    updatedAt: null,
    removedAt: null,
    removedInferred: false,
    ...own,
  };
}

const HELLO = "ses_dfd0eb893ffeiiiQg9T8ftSj2h";
const TOOLS = "ses_dfd0a6afdffeeBKbBnp9ESn6FD";
const HTTP500 = "ses_dfd0a5225ffeTjiozQ97R9OFqX";
const HTTP400 = "ses_dfd030d05ffe7iW2HU8kUwJPsx";
const PARENT = "ses_dfd04b95cffen32jxg7rPiJwAx";
const CHILD = "ses_dfd04b3caffeRfwaKu3omKKYJs";
const FILE = "ses_dfd0492d9ffeYGxar0o0VkGi4w";
const OVERFLOW = "ses_dfd01f0d2ffex4xsIQZSdhs2dH";
const SIGINT = "ses_dfd01c0f6ffeGHkBxjH1KcrNCF";

const helloMessages: Message[] = [
  message({
    id: "msg_202f1483b001ob6b2kG99dGcpE",
    sessionId: HELLO,
    role: "user",
    textContent: "hello",
    createdAt: 1795345696827,
    updatedAt: 1795345696843,
  }),
  message({
    id: "msg_202f14d88001UHZGInip7uSAjR",
    sessionId: HELLO,
    role: "assistant",
    textContent: "Hello from the fake model, request 2.",
    parentId: "msg_202f1483b001ob6b2kG99dGcpE",
    finishReason: "stop",
    ...tokens(60, 9, 0, 40, 0),
    cost: 0.000082,
    durationMs: 1566,
    createdAt: 1795345698184,
    completedAt: 1795345699750,
    updatedAt: 1795345699750,
  }),
];

const continueMessages: Message[] = [
  message({
    id: "msg_202f15f76001tqMIeOHXg7ke9J",
    sessionId: HELLO,
    role: "user",
    textContent: '"second turn"',
    createdAt: 1795345702774,
    updatedAt: 1795345702785,
  }),
  message({
    id: "msg_202f166c8001NVEmtAbeUaGuFr",
    sessionId: HELLO,
    role: "assistant",
    textContent: "Hello from the fake model, request 3.",
    parentId: "msg_202f15f76001tqMIeOHXg7ke9J",
    finishReason: "stop",
    ...tokens(60, 9, 0, 40, 0),
    cost: 0.000082,
    durationMs: 2181,
    createdAt: 1795345704648,
    completedAt: 1795345706829,
    updatedAt: 1795345706829,
  }),
];

const continuedSession = session({
  id: HELLO,
  title: "Fake generated title 1",
  ...tokens(120, 18, 0, 80, 0),
  cost: 0.000164,
  createdAt: 1795345696621,
  updatedAt: 1795345706838,
});

/** One of the steps of 04-tools whose answer is a tool call and no text. */
function toolStep(id: string, createdAt: number, completedAt: number, durationMs: number): Message {
  return message({
    id,
    sessionId: TOOLS,
    role: "assistant",
    parentId: "msg_202f59574001nO6VgUVn2QcMNA",
    finishReason: "tool-calls",
    ...tokens(100, 10, 0, 0, 0),
    cost: 0.00012,
    durationMs,
    createdAt,
    completedAt,
    updatedAt: completedAt,
  });
}

/**
 * By recording, or by recordings that follow each other: the rows to be had, written down from
 * reading the recordings. A user's message is updated last by its text part, an assistant's by its
 * end; a session by its totals, or by a later status, whose time is the one in the event's id.
 */
export const OPENCODE_ROWS: Record<string, Rows> = {
  "01-hello": {
    sessions: [
      session({
        id: HELLO,
        title: "Fake generated title 1",
        ...tokens(60, 9, 0, 40, 0),
        cost: 0.000082,
        createdAt: 1795345696621,
        updatedAt: 1795345699761,
      }),
    ],
    messages: helloMessages,
  },
  "02-continue": { sessions: [continuedSession], messages: continueMessages },
  "01-hello 02-continue": {
    sessions: [continuedSession],
    messages: [...helloMessages, ...continueMessages],
  },
  "04-tools": {
    sessions: [
      session({
        id: TOOLS,
        title: "Fake generated title 1",
        ...tokens(800, 90, 20, 300, 0),
        cost: 0.0010500000000000002,
        createdAt: 1795345978626,
        updatedAt: 1795345983037,
      }),
    ],
    messages: [
      message({
        id: "msg_202f59574001nO6VgUVn2QcMNA",
        sessionId: TOOLS,
        role: "user",
        textContent: "@@tools@@",
        createdAt: 1795345978740,
        updatedAt: 1795345978769,
      }),
      {
        ...toolStep("msg_202f599fa001yjjExDFZInY0QK", 1795345979899, 1795345981240, 1341),
        textContent: "I will write a file.",
      },
      toolStep("msg_202f59f3c001y0CkUtO1KZq6bX", 1795345981244, 1795345981650, 406),
      toolStep("msg_202f5a0d6001nJCWRRwcaj1Tik", 1795345981654, 1795345981887, 233),
      toolStep("msg_202f5a1c6001ROSTNqdUCcmJKZ", 1795345981894, 1795345982387, 493),
      toolStep("msg_202f5a3b7001CZHtcUXggrPvHt", 1795345982391, 1795345982630, 239),
      toolStep("msg_202f5a4ab001cZ1WZRZt2xYLJa", 1795345982635, 1795345982815, 180),
      message({
        id: "msg_202f5a567001vbSuuvOBjvOFWD",
        sessionId: TOOLS,
        role: "assistant",
        textContent: "All done with tools.",
        reasoningText: "thinking about it",
        reasoningBytes: 17,
        parentId: "msg_202f59574001nO6VgUVn2QcMNA",
        finishReason: "stop",
        ...tokens(200, 30, 20, 300, 0),
        cost: 0.00033,
        durationMs: 205,
        createdAt: 1795345982823,
        completedAt: 1795345983028,
        updatedAt: 1795345983028,
      }),
    ],
  },
  "05-http500-recover": {
    sessions: [
      session({
        id: HTTP500,
        title: "Fake generated title 9",
        ...tokens(100, 10, 0, 0, 0),
        cost: 0.00012,
        createdAt: 1795345984986,
        updatedAt: 1795345989750,
      }),
    ],
    messages: [
      message({
        id: "msg_202f5ae540012sh7LEcWJ2Qy4d",
        sessionId: HTTP500,
        role: "user",
        textContent: "@@http500r@@",
        createdAt: 1795345985108,
        updatedAt: 1795345985123,
      }),
      message({
        id: "msg_202f5b266001DlLfaAD5GNJXQK",
        sessionId: HTTP500,
        role: "assistant",
        textContent: "recovered from 500",
        parentId: "msg_202f5ae540012sh7LEcWJ2Qy4d",
        finishReason: "stop",
        ...tokens(100, 10, 0, 0, 0),
        cost: 0.00012,
        durationMs: 3591,
        createdAt: 1795345986150,
        completedAt: 1795345989741,
        updatedAt: 1795345989741,
      }),
    ],
  },
  "06-http400": {
    sessions: [
      session({
        id: HTTP400,
        title: "Fake generated title 1",
        error: "APIError: fake error 400",
        createdAt: 1795346461434,
        updatedAt: 1795346462963,
      }),
    ],
    messages: [
      message({
        id: "msg_202fcf355001PwpccG3aID0Obo",
        sessionId: HTTP400,
        role: "user",
        textContent: "@@http400@@",
        createdAt: 1795346461525,
        updatedAt: 1795346461537,
      }),
      message({
        id: "msg_202fcf6090014QKFiia1Agr6yZ",
        sessionId: HTTP400,
        role: "assistant",
        parentId: "msg_202fcf355001PwpccG3aID0Obo",
        error: "APIError: fake error 400",
        ...ZERO,
        cost: 0,
        durationMs: 741,
        createdAt: 1795346462217,
        completedAt: 1795346462958,
        updatedAt: 1795346462958,
      }),
    ],
  },
  "14-subagent": {
    sessions: [
      session({
        id: PARENT,
        title: "Fake generated title 54",
        ...tokens(200, 20, 0, 0, 0),
        cost: 0.00024,
        createdAt: 1795346351779,
        updatedAt: 1795346353574,
      }),
      session({
        id: CHILD,
        parentId: PARENT,
        title: "sub job (@general subagent)",
        ...tokens(60, 9, 0, 40, 0),
        cost: 0.000082,
        createdAt: 1795346353205,
        updatedAt: 1795346353389,
      }),
    ],
    messages: [
      message({
        id: "msg_202fb46f2001CYwIg4TbyNMUIz",
        sessionId: PARENT,
        role: "user",
        textContent: "@@subagent@@",
        createdAt: 1795346351858,
        updatedAt: 1795346351871,
      }),
      message({
        id: "msg_202fb496a001sQt1m8vp2i3mUm",
        sessionId: PARENT,
        role: "assistant",
        parentId: "msg_202fb46f2001CYwIg4TbyNMUIz",
        finishReason: "tool-calls",
        ...tokens(100, 10, 0, 0, 0),
        cost: 0.00012,
        durationMs: 952,
        createdAt: 1795346352490,
        completedAt: 1795346353442,
        updatedAt: 1795346353442,
      }),
      message({
        id: "msg_202fb4d27001JbMXnngFp1UPHH",
        sessionId: PARENT,
        role: "assistant",
        textContent: "parent done",
        parentId: "msg_202fb46f2001CYwIg4TbyNMUIz",
        finishReason: "stop",
        ...tokens(100, 10, 0, 0, 0),
        cost: 0.00012,
        durationMs: 120,
        createdAt: 1795346353447,
        completedAt: 1795346353567,
        updatedAt: 1795346353567,
      }),
      message({
        id: "msg_202fb4c3f0019IhoD2aFQJ885J",
        sessionId: CHILD,
        role: "user",
        textContent: "do the sub job",
        agent: "general",
        createdAt: 1795346353216,
        updatedAt: 1795346353222,
      }),
      message({
        id: "msg_202fb4c520019msFmT0yZSLYtc",
        sessionId: CHILD,
        role: "assistant",
        textContent: "Hello from the fake model, request 56.",
        agent: "general",
        parentId: "msg_202fb4c3f0019IhoD2aFQJ885J",
        finishReason: "stop",
        ...tokens(60, 9, 0, 40, 0),
        cost: 0.000082,
        durationMs: 142,
        createdAt: 1795346353234,
        completedAt: 1795346353376,
        updatedAt: 1795346353376,
      }),
    ],
  },
  "17-file": {
    sessions: [
      session({
        id: FILE,
        title: "Fake generated title 60",
        ...tokens(60, 9, 0, 40, 0),
        cost: 0.000082,
        createdAt: 1795346361638,
        updatedAt: 1795346363031,
      }),
    ],
    messages: [
      message({
        id: "msg_202fb6d65001m5zorYlt3jhzix",
        sessionId: FILE,
        role: "user",
        textContent: '"look at this file"',
        attachments: JSON.stringify([
          { name: "README.md", type: "text/plain", path: "/home/dev/src/proj/README.md" },
        ]),
        createdAt: 1795346361701,
        updatedAt: 1795346362318,
      }),
      message({
        id: "msg_202fb6fdc001vbu6ddIfpsr0ly",
        sessionId: FILE,
        role: "assistant",
        textContent: "Hello from the fake model, request 61.",
        parentId: "msg_202fb6d65001m5zorYlt3jhzix",
        finishReason: "stop",
        ...tokens(60, 9, 0, 40, 0),
        cost: 0.000082,
        durationMs: 691,
        createdAt: 1795346362333,
        completedAt: 1795346363024,
        updatedAt: 1795346363024,
      }),
    ],
  },
  "21-overflow-compaction": {
    sessions: [
      session({
        id: OVERFLOW,
        title: "Fake generated title 12",
        error:
          "ContextOverflowError: This model's maximum context length is 100000 tokens. However, your messages resulted in 120000 tokens.",
        ...tokens(110, 29, 0, 40, 0),
        cost: 0.000172,
        createdAt: 1795346534189,
        updatedAt: 1795346535980,
      }),
    ],
    messages: [
      message({
        id: "msg_202fe0f84001LktW8JlsMPSIp4",
        sessionId: OVERFLOW,
        role: "user",
        textContent: "@@overflow@@",
        createdAt: 1795346534276,
        updatedAt: 1795346534288,
      }),
      message({
        id: "msg_202fe123e001sTJTw643KKbERd",
        sessionId: OVERFLOW,
        role: "assistant",
        parentId: "msg_202fe0f84001LktW8JlsMPSIp4",
        ...ZERO,
        cost: 0,
        durationMs: 701,
        createdAt: 1795346534974,
        completedAt: 1795346535675,
        updatedAt: 1795346535675,
      }),
      message({
        id: "msg_202fe14fd001kkRrnynXG2LvvY",
        sessionId: OVERFLOW,
        role: "user",
        createdAt: 1795346535677,
        updatedAt: 1795346535677,
      }),
      message({
        id: "msg_202fe15050018B58FhsQZ632C7",
        sessionId: OVERFLOW,
        role: "assistant",
        textContent: "## Goal\nfake compaction summary number 14",
        agent: "compaction",
        parentId: "msg_202fe14fd001kkRrnynXG2LvvY",
        finishReason: "stop",
        ...tokens(50, 20, 0, 0, 0),
        cost: 0.00009,
        durationMs: 141,
        createdAt: 1795346535685,
        completedAt: 1795346535826,
        updatedAt: 1795346535826,
      }),
      message({
        id: "msg_202fe1595001ge0uzqNIvC9Xof",
        sessionId: OVERFLOW,
        role: "user",
        createdAt: 1795346535829,
        updatedAt: 1795346535829,
      }),
      message({
        id: "msg_202fe159a001Wrchi1KUdboggR",
        sessionId: OVERFLOW,
        role: "assistant",
        textContent: "Hello from the fake model, request 15.",
        parentId: "msg_202fe1595001ge0uzqNIvC9Xof",
        finishReason: "stop",
        ...tokens(60, 9, 0, 40, 0),
        cost: 0.000082,
        durationMs: 139,
        createdAt: 1795346535834,
        completedAt: 1795346535973,
        updatedAt: 1795346535973,
      }),
    ],
  },
  "24-sigint": {
    sessions: [
      session({
        id: SIGINT,
        title: "Fake generated title 21",
        status: "active",
        createdAt: 1795346546441,
        updatedAt: 1795346548620,
      }),
    ],
    messages: [
      message({
        id: "msg_202fe3f59001c2ysGwSlbgdkq4",
        sessionId: SIGINT,
        role: "user",
        textContent: "@@slow@@",
        createdAt: 1795346546521,
        updatedAt: 1795346546541,
      }),
      // Killed in mid-answer: only deltas were told, and they are not the truth.
      message({
        id: "msg_202fe42f1001a4LD2UhCZrSE59",
        sessionId: SIGINT,
        role: "assistant",
        parentId: "msg_202fe3f59001c2ysGwSlbgdkq4",
        ...ZERO,
        cost: 0,
        createdAt: 1795346547441,
        updatedAt: 1795346547441,
      }),
    ],
  },
};
