import { type CallRow, type Calls, call, happened } from "./opencodeCallRows.ts";
import { CONTROL_CALLS } from "./opencodeControl.ts";

/** Told by events that OpenCode does not keep, so not to be had from its store. */
export const LIVE_ONLY = ["error", "retry", "permission"];

const TOOLS = "ses_dfd0a6afdffeeBKbBnp9ESn6FD";
const OUT = "/home/dev/src/proj/out.txt";
const TODOS = [
  { content: "do a thing", status: "in_progress", priority: "high" },
  { content: "other", status: "pending", priority: "low" },
];
const UNAVAILABLE =
  "Model tried to call unavailable tool 'nosuchtool'. Available tools: bash, edit, glob, grep, invalid, read, skill, task, todowrite, webfetch, write.";

/** Each step of 04-tools begins with a step-start (0); the first one then says a text (1). */
const toolsCalls: CallRow[] = [
  call({
    sessionId: TOOLS,
    messageId: "msg_202f599fa001yjjExDFZInY0QK",
    callId: "call_2_0",
    position: 2,
    name: "write",
    kind: "write",
    input: { filePath: OUT, content: "line one\n" },
    output: "Wrote file successfully.",
    filePath: OUT,
    data: { title: "out.txt" },
    start: 1795345981101,
    end: 1795345981116,
  }),
  call({
    sessionId: TOOLS,
    messageId: "msg_202f59f3c001y0CkUtO1KZq6bX",
    callId: "call_3_0",
    position: 1,
    name: "bash",
    kind: "shell",
    input: { command: "echo from bash; cat out.txt", description: "cat file" },
    output: "from bash\nline one\n",
    data: { exitCode: 0, title: "echo from bash; cat out.txt" },
    start: 1795345981381,
    end: 1795345981526,
  }),
  call({
    sessionId: TOOLS,
    messageId: "msg_202f59f3c001y0CkUtO1KZq6bX",
    callId: "call_3_1",
    position: 2,
    name: "read",
    kind: "read",
    input: { filePath: OUT },
    output: `<path>${OUT}</path>\n<type>file</type>\n<content>\n1: line one\n\n(End of file - total 1 lines)\n</content>`,
    filePath: OUT,
    data: { title: "out.txt" },
    start: 1795345981396,
    end: 1795345981551,
  }),
  call({
    sessionId: TOOLS,
    messageId: "msg_202f5a0d6001nJCWRRwcaj1Tik",
    callId: "call_4_0",
    position: 1,
    name: "todowrite",
    kind: "todo",
    input: { todos: TODOS },
    output: JSON.stringify(TODOS, null, 2),
    data: { title: "2 todos" },
    start: 1795345981783,
    end: 1795345981786,
  }),
  call({
    sessionId: TOOLS,
    messageId: "msg_202f5a1c6001ROSTNqdUCcmJKZ",
    callId: "call_5_0",
    position: 1,
    name: "edit",
    kind: "edit",
    input: { filePath: OUT, oldString: "line one", newString: "line 1" },
    output: "Edit applied successfully.",
    filePath: OUT,
    data: {
      title: "out.txt",
      diff: `Index: ${OUT}\n===================================================================\n--- ${OUT}\n+++ ${OUT}\n@@ -1,1 +1,1 @@\n-line one\n+line 1\n`,
    },
    start: 1795345982001,
    end: 1795345982030,
  }),
  call({
    sessionId: TOOLS,
    messageId: "msg_202f5a3b7001CZHtcUXggrPvHt",
    callId: "call_6_0",
    position: 1,
    name: "bash",
    kind: "shell",
    input: { command: "exit 3", description: "fail" },
    output: "(no output)",
    data: { exitCode: 3, title: "exit 3" },
    start: 1795345982500,
    end: 1795345982512,
  }),
  call({
    sessionId: TOOLS,
    messageId: "msg_202f5a4ab001cZ1WZRZt2xYLJa",
    callId: "call_7_0",
    position: 1,
    name: "invalid",
    kind: "other",
    input: { tool: "nosuchtool", error: UNAVAILABLE },
    output: `The arguments provided to the tool are invalid: ${UNAVAILABLE}`,
    data: { title: "Invalid Tool" },
    start: 1795345982707,
    end: 1795345982710,
  }),
];

const PARENT = "ses_dfd04b95cffen32jxg7rPiJwAx";
const CHILD = "ses_dfd04b3caffeRfwaKu3omKKYJs";
const HTTP500 = "ses_dfd0a5225ffeTjiozQ97R9OFqX";
const FILE = "ses_dfd0492d9ffeYGxar0o0VkGi4w";
const OVERFLOW = "ses_dfd01f0d2ffex4xsIQZSdhs2dH";

/**
 * By recording: the calls and events to be had, written down from reading the recordings. The time
 * of an error or retry is the one in the event's id.
 */
export const OPENCODE_CALLS: Record<string, Calls> = {
  "01-hello": { toolCalls: [], events: [] },
  "02-continue": { toolCalls: [], events: [] },
  "04-tools": { toolCalls: toolsCalls, events: [] },
  "05-http500-recover": {
    toolCalls: [],
    events: [
      happened({
        id: "202f5b806001NJdzczEPA42q0H",
        sessionId: HTTP500,
        kind: "retry",
        text: "fake error 500",
        data: JSON.stringify({ attempt: 1, next: 1795345988589 }),
        createdAt: 1795345987590,
      }),
      happened({
        id: "202f5bbfd001SwQPsoTa6VoPxd",
        sessionId: HTTP500,
        kind: "retry",
        text: "fake error 500",
        data: JSON.stringify({ attempt: 2, next: 1795345989605 }),
        createdAt: 1795345988605,
      }),
    ],
  },
  "06-http400": {
    toolCalls: [],
    events: [
      happened({
        id: "202fcf8db001XsHkpMUA3B22Tu",
        sessionId: "ses_dfd030d05ffe7iW2HU8kUwJPsx",
        kind: "error",
        text: "APIError: fake error 400",
        createdAt: 1795346462939,
      }),
    ],
  },
  "14-subagent": {
    toolCalls: [
      call({
        sessionId: PARENT,
        messageId: "msg_202fb496a001sQt1m8vp2i3mUm",
        callId: "call_55_0",
        position: 1,
        name: "task",
        kind: "task",
        input: { description: "sub job", prompt: "do the sub job", subagent_type: "general" },
        output: `<task id="${CHILD}" state="completed">\n<task_result>\nHello from the fake model, request 56.\n</task_result>\n</task>`,
        childSessionId: CHILD,
        data: { title: "sub job" },
        start: 1795346353210,
        end: 1795346353385,
      }),
    ],
    events: [],
  },
  "17-file": {
    toolCalls: [],
    events: [
      happened({
        id: "prt_202fb6fc200199oWus8yCJhXvX",
        sessionId: FILE,
        kind: "injected",
        messageId: "msg_202fb6d65001m5zorYlt3jhzix",
        text: 'Called the Read tool with the following input: {"filePath":"/home/dev/src/proj/README.md"}',
        createdAt: 1795346362312,
      }),
      happened({
        id: "prt_202fb6fc2002JNWh2SxHYJse2D",
        sessionId: FILE,
        kind: "injected",
        messageId: "msg_202fb6d65001m5zorYlt3jhzix",
        text: "<path>/home/dev/src/proj/README.md</path>\n<type>file</type>\n<content>\n1: hi\n\n(End of file - total 1 lines)\n</content>",
        createdAt: 1795346362315,
      }),
    ],
  },
  "21-overflow-compaction": {
    toolCalls: [],
    events: [
      happened({
        id: "202fe14e7001bnZcY713dhUyc0",
        sessionId: OVERFLOW,
        kind: "error",
        text: "ContextOverflowError: This model's maximum context length is 100000 tokens. However, your messages resulted in 120000 tokens.",
        createdAt: 1795346535655,
      }),
      happened({
        id: "msg_202fe14fd001kkRrnynXG2LvvY",
        sessionId: OVERFLOW,
        kind: "compaction",
        messageId: "msg_202fe14fd001kkRrnynXG2LvvY",
        text: "## Goal\nfake compaction summary number 14",
        data: JSON.stringify({ trigger: "auto", overflow: true }),
        createdAt: 1795346535679,
        // The summary's own text, which ends it.
        updatedAt: 1795346535756,
      }),
      happened({
        id: "prt_202fe1597001nYVuxn6pU7lv4W",
        sessionId: OVERFLOW,
        kind: "injected",
        messageId: "msg_202fe1595001ge0uzqNIvC9Xof",
        text: "The previous request exceeded the provider's size limit due to large media attachments. The conversation was compacted and media files were removed from context. If the user was asking about attached images or files, explain that the attachments were too large to process and suggest they try again with smaller or fewer files.\n\nContinue if you have next steps, or stop and ask for clarification if you are unsure how to proceed.",
        createdAt: 1795346535831,
      }),
    ],
  },
  "24-sigint": { toolCalls: [], events: [] },
  "30-denied-ended-reverted": CONTROL_CALLS,
};
