import { type CallRow, type Calls, call, type EventRow, happened } from "./opencodeCallRows.ts";

const CONTROL = "ses_ddf85a1d9ffeAjxY50zgx5BkQO";
const DENIED = "msg_2207a8224001Snar0vO63chhyV";
const ENDED = "msg_2207aaa7a001kKLCTiknIE6j3q";
const REVERTED = "msg_2207ab78d001HKxFF1XAeddupY";

/** Each answer has a step-start (0), a thought (1), a text (2), then its call. */
const controlCalls: CallRow[] = [
  call({
    sessionId: CONTROL,
    messageId: DENIED,
    callId: "call_deny00",
    position: 3,
    name: "bash",
    kind: "shell",
    status: "denied",
    input: { command: "rm -rf x", description: "rm" },
    output: null,
    error: "The user rejected permission to use this specific tool call.",
    start: 1795841238010,
    end: 1795841238965,
  }),
  call({
    sessionId: CONTROL,
    messageId: ENDED,
    callId: "call_sleep00",
    position: 3,
    name: "bash",
    kind: "shell",
    status: "interrupted",
    input: { command: "echo begun; sleep 30", description: "sleep" },
    output: "begun\n\n\n<shell_metadata>\nUser aborted the command\n</shell_metadata>",
    data: { title: "echo begun; sleep 30" },
    start: 1795841240161,
    end: 1795841242206,
  }),
  call({
    sessionId: CONTROL,
    messageId: "msg_2207ab7e5001RZQZLlAuCPinxs",
    callId: "call_mcp00",
    position: 3,
    name: "fakemcp_hello",
    kind: "mcp",
    input: { name: "x" },
    output: "one\n\ntwo",
    start: 1795841243659,
    end: 1795841243718,
  }),
];

const reverted = (id: string, data: object, createdAt: number) =>
  happened({
    id,
    sessionId: CONTROL,
    kind: "revert",
    messageId: REVERTED,
    data: JSON.stringify(data),
    createdAt,
  });

const controlEvents: EventRow[] = [
  happened({
    id: "2207aa6da001Pm0jPtw0wIRFYa",
    sessionId: CONTROL,
    kind: "permission",
    messageId: DENIED,
    toolCallId: `${DENIED}/call_deny00`,
    data: JSON.stringify({
      request: "per_2207aa6d9001FOJnmQa52TF5UJ",
      permission: "bash",
      patterns: ["rm -rf x"],
    }),
    createdAt: 1795841238746,
  }),
  happened({
    id: "2207aa73e001AlU9G6MYfzmYo2",
    sessionId: CONTROL,
    kind: "permission",
    data: JSON.stringify({ request: "per_2207aa6d9001FOJnmQa52TF5UJ", decision: "reject" }),
    createdAt: 1795841238846,
  }),
  happened({
    id: ENDED,
    sessionId: CONTROL,
    kind: "interrupt",
    messageId: ENDED,
    text: "MessageAbortedError: Aborted",
    createdAt: 1795841242444,
  }),
  happened({
    id: "2207abf56001pQCEVAuq4HmgRb",
    sessionId: CONTROL,
    kind: "rename",
    text: "My own title",
    data: JSON.stringify({ from: "Title #deny" }),
    createdAt: 1795841245014,
  }),
  reverted("2207ac1ef001cWicr3qaj01pcG", { to: REVERTED }, 1795841245679),
  reverted("2207ac298001I1m9YwqA31BP40", { to: REVERTED, undone: true }, 1795841245848),
  reverted("2207ac4d3001ckxFkwBalyMW6w", { to: REVERTED }, 1795841246419),
  reverted("2207ac51d001SdYsBDaS38Lwoc", { boundary: REVERTED }, 1795841246493),
  happened({
    id: "2207ac525001bAJB0cblFaLqBl",
    sessionId: CONTROL,
    kind: "model",
    text: "fake-2",
    data: JSON.stringify({ model: "fake-2", provider: "fake", from: "fake-1" }),
    createdAt: 1795841246501,
  }),
  happened({
    id: "archive-1795841247379",
    sessionId: CONTROL,
    kind: "archive",
    createdAt: 1795841247379,
  }),
];

/** 30-denied-ended-reverted: a session that a person keeps changing. */
export const CONTROL_CALLS: Calls = { toolCalls: controlCalls, events: controlEvents };
