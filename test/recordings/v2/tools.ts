import { call } from "../opencodeCallRows.ts";
import { type AllRows, answer, prompt, session, T, tokens } from "./rows.ts";

const TOOLS = "ses_edc517f96ffe48ACWK8aw2yWcS";
const BOTH_CALLS = "msg_123ae80af001K8yk6cwSKKqEwM";
const PARENT = "ses_edc517cf5ffe4GS8om62GwKyM0";
const CHILD = "ses_edc517b0dffe4W4IgEAsKi8Ayq";
const ASKS_CHILD = "msg_123ae8350001qWsC6l2I6eoUGM";

/** Two tools at once, and a sub-agent. */
export const TOOL_ROWS: Record<string, AllRows> = {
  "03-tools-parallel": {
    sessions: [
      session({
        id: TOOLS,
        title: "Tools",
        titleKind: "generated",
        ...tokens(187, 42, 12, 40),
        cost: 0.000292,
        createdAt: T + 1_132,
        updatedAt: T + 1_402,
      }),
    ],
    messages: [
      prompt(TOOLS, "msg_123ae80940012ykkAU2AAksIEq", "use tools", T + 1_184),
      answer(TOOLS, BOTH_CALLS, null, [T + 1_199, T + 1_294], {
        reasoningText: "I should look.",
        reasoningBytes: 14,
        finishReason: "tool-calls",
        ...tokens(120, 30, 12, 0),
        cost: 0.0002,
      }),
      answer(TOOLS, "msg_123ae811d001QGcsYeK8QqmyUe", "Done.", [T + 1_309, T + 1_399]),
    ],
    toolCalls: [
      // The reasoning has place 0. The first call ends after the second began.
      call({
        sessionId: TOOLS,
        messageId: BOTH_CALLS,
        callId: "call_1",
        position: 1,
        name: "shell",
        kind: "shell",
        input: { command: "echo hi" },
        output: "hi\n",
        data: { exitCode: 0 },
        start: T + 1_237,
        end: T + 1_288,
      }),
      call({
        sessionId: TOOLS,
        messageId: BOTH_CALLS,
        callId: "call_2",
        position: 2,
        name: "read",
        kind: "read",
        input: { path: "/nope" },
        output: null,
        status: "error",
        error: "File not found: /nope",
        filePath: "/nope",
        data: { errorType: "tool.execution" },
        start: T + 1_246,
        end: T + 1_291,
      }),
    ],
    events: [],
  },
  "04-subagent": {
    sessions: [
      session({
        id: PARENT,
        title: "Delegation",
        titleKind: "generated",
        ...tokens(127, 21, 0, 80),
        cost: 0.000174,
        createdAt: T + 1_805,
        updatedAt: T + 2_597,
      }),
      session({
        id: CHILD,
        parentId: PARENT,
        title: "Look around",
        titleKind: "generated",
        ...tokens(60, 9, 0, 40),
        cost: 0.000082,
        createdAt: T + 2_293,
        updatedAt: T + 2_453,
      }),
    ],
    messages: [
      prompt(PARENT, "msg_123ae8335001WWcKY6s2QU6uUA", "delegate", T + 1_857),
      answer(PARENT, ASKS_CHILD, null, [T + 1_872, T + 2_489], { finishReason: "tool-calls" }),
      answer(PARENT, "msg_123ae85c8001MSo6EYOw4yqAik", "There are two files.", [
        T + 2_504,
        T + 2_594,
      ]),
      prompt(
        CHILD,
        "msg_123ae851d001Egk8OQOS2O4eIG",
        "You are a subagent spawned by another session.\nList the files.",
        T + 2_345,
      ),
      answer(CHILD, "msg_123ae8538001k42yWmu46ueEYK", "Two files.", [T + 2_360, T + 2_450], {
        agent: "general",
      }),
    ],
    toolCalls: [
      call({
        sessionId: PARENT,
        messageId: ASKS_CHILD,
        callId: "call_3",
        position: 0,
        name: "subagent",
        kind: "task",
        input: { agent: "general", description: "Look around", prompt: "List the files." },
        output: `<subagent sessionID="${CHILD}" state="completed">\nTwo files.\n</subagent>`,
        childSessionId: CHILD,
        start: T + 1_884,
        end: T + 2_483,
      }),
    ],
    events: [],
  },
};
