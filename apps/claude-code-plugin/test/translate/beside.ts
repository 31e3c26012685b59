/**
 * The tool calls and events that each recording in test/fixtures/claude-code must give, written
 * down from reading its lines as in recordings.ts; times here are minute:second too.
 */
export interface Beside {
  toolCalls: Record<string, unknown>[];
  events: Record<string, unknown>[];
}

const t = (minutes: string) => Date.parse(`2026-11-22T11:${minutes}Z`);

const ROW = { source: "claude-code" };

interface Call {
  session: string;
  id: string;
  message: string;
  position: number;
  name?: string;
  kind?: string;
  input: unknown;
  output: string;
  from: string;
  to: string;
  more?: Record<string, unknown>;
}

function call({ session, id, message, position, input, output, from, to, ...own }: Call) {
  const json = JSON.stringify(input);
  return {
    ...ROW,
    id,
    sessionId: session,
    messageId: message,
    isSidechain: false,
    position,
    name: own.name ?? "Bash",
    kind: own.kind ?? "shell",
    status: "success",
    input: json,
    inputBytes: Buffer.byteLength(json),
    output,
    outputBytes: Buffer.byteLength(output),
    createdAt: t(from),
    completedAt: t(to),
    durationMs: t(to) - t(from),
    updatedAt: t(to),
    ...own.more,
  };
}

function event(session: string, id: string, kind: string, at: string | null, own: object) {
  const time = at === null ? {} : { createdAt: t(at), updatedAt: t(at) };
  return { ...ROW, id, sessionId: session, kind, ...time, ...own };
}

const injected = (session: string, id: string, at: string, what: string, text: string) =>
  event(session, id, "injected", at, { text, data: JSON.stringify({ what }) });

const SAY_HELLO = { command: "echo hello-from-bash", description: "Say hello" };
const MULTI = "663f75f1-4ffd-454d-aaec-33c9f7e6eaac";
const RESUME = "5d5646ff-d097-473a-a04e-d4623911d8f0";
const TASK = "8d5725e1-e91a-4e35-8836-b40d6559d466";
const COMPACT = "1de18200-47dc-4009-9834-2287757bddf3";
const TITLE = "843369c0-0bb2-43b2-b64f-319b589a488c";
const ERR400 = "01d8dba9-ae4c-40e5-a511-00e075edd596";
const ERR500 = "da9eae8d-8f06-446e-bfe6-77f7f8e86029";
const INT = "585bbc70-85d9-4a32-ae84-651a6115dc54";
const CLEARED = "2449429f-8863-45e1-80d6-5fb3d646b9ef";
const BASHFAIL = "e49f8166-7f0d-4f79-97aa-c87ad99f12e2";
const DENIED = "1d1ff07a-092a-4f25-8ec8-b6ca6531b7ab";
const WRITE = "70d25cdb-7aad-463e-92dc-9e6151927d08";

const SUB_AGENT = "a7bf24a5f49edcc5d";

/** Texts of Claude Code's own, whole in the fixtures: here the beginning that is compared. */
export const SUMMARY_BEGINS = "This session is being continued from a previous conversation";
const LAUNCHED = "Async agent launched successfully.";
const REJECTED =
  "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";
const NOT_GRANTED =
  "Claude requested permissions to write to /home/dev/src/denied/out.txt, but you haven't granted it yet.";
const NOTIFIED = `<task-notification>
<task-id>${SUB_AGENT}</task-id>`;
const command = (name: string, args: string) =>
  `<command-name>/${name}</command-name>
            <command-message>${name}</command-message>
            <command-args>${args}</command-args>`;

const FAILED_OUTPUT =
  "Exit code 3\nls: cannot access '/nonexistent-dir-xyz': No such file or directory";

export const BESIDE: Record<string, Beside> = {
  text: { toolCalls: [], events: [] },
  multi: {
    toolCalls: [
      call({
        session: MULTI,
        id: "toolu_01nwP9YtyhNUpoDJjBDpLNz8",
        message: "msg_01DLKYogjnTQHoCAm2NXMpgH",
        position: 2,
        input: { command: "echo A", description: "A" },
        output: "A",
        from: "01:08.422",
        to: "01:08.569",
      }),
      call({
        session: MULTI,
        id: "toolu_01eZvn3idEiwCW6hBr37BADg",
        message: "msg_01DLKYogjnTQHoCAm2NXMpgH",
        position: 3,
        input: { command: "echo B", description: "B" },
        output: "B",
        from: "01:08.432",
        to: "01:08.586",
      }),
      call({
        session: MULTI,
        id: "toolu_0116ksy20P1mAKRL009X20U2",
        message: "msg_018ncRkS0yUJfz3QmYxLzLsk",
        position: 0,
        input: { command: "echo C", description: "C" },
        output: "C",
        from: "01:08.646",
        to: "01:08.725",
      }),
    ],
    events: [],
  },
  resume: {
    toolCalls: [
      call({
        session: RESUME,
        id: "toolu_01Ac4d55M7hmbZLGWSD8cpd9",
        message: "msg_01MSpG1KT1CcUKcj12ZGS9sk",
        position: 1,
        input: SAY_HELLO,
        output: "hello-from-bash",
        from: "05:20.571",
        to: "05:20.772",
      }),
    ],
    events: [],
  },
  task: {
    toolCalls: [
      call({
        session: TASK,
        id: "toolu_01ymE0Lm9Z5RPDeBD3BkEXAx",
        message: "msg_01UMYj5xky6uT0g0JSFHWMGH",
        position: 1,
        name: "Agent",
        kind: "task",
        input: {
          description: "Sub work",
          prompt: "#bash do the sub work",
          subagent_type: "general-purpose",
        },
        output: LAUNCHED,
        from: "04:48.565",
        to: "04:48.738",
        more: {
          childAgentId: SUB_AGENT,
          data: JSON.stringify({
            title: "Sub work",
            agentStatus: "async_launched",
            model: "claude-opus-5-5",
          }),
        },
      }),
      call({
        session: TASK,
        id: "toolu_014T19XZ1BfubQHXKqi8LUKS",
        message: "msg_01QcA04HK3fnLQCCf4fC2nQq",
        position: 1,
        input: SAY_HELLO,
        output: "hello-from-bash",
        from: "04:49.183",
        to: "04:49.536",
        more: { agentId: SUB_AGENT, isSidechain: true },
      }),
    ],
    events: [
      injected(
        TASK,
        "27544a77-fce0-4db4-bd4a-724347f99612",
        "04:50.121",
        "reminder",
        "<system-reminder>\n<tools-used-before-summary>Bash</tools-used-before-summary>\n</system-reminder>",
      ),
      event(TASK, "49071e39-054d-47ca-92bd-a526a5679957", "injected", "04:50.121", {
        toolCallId: "toolu_01ymE0Lm9Z5RPDeBD3BkEXAx",
        text: NOTIFIED,
        data: JSON.stringify({ what: "task", taskId: SUB_AGENT, status: "completed" }),
      }),
    ],
  },
  compact: {
    toolCalls: [
      call({
        session: COMPACT,
        id: "toolu_01FaorzP0sMCHiMYF1Xhrbj4",
        message: "msg_01TtUaQ4kKgG2CAAFMDjkAKq",
        position: 1,
        input: SAY_HELLO,
        output: "hello-from-bash",
        from: "06:23.153",
        to: "06:23.583",
      }),
    ],
    events: [
      event(COMPACT, "d35a5488-49f4-4f27-89e9-374008993d79", "compaction", "06:26.134", {
        text: SUMMARY_BEGINS,
        data: JSON.stringify({
          trigger: "manual",
          tokensBefore: 16257,
          tokensAfter: 2616,
          durationMs: 440,
        }),
      }),
      injected(
        COMPACT,
        "5a372c2b-23fe-4177-9407-dc11bd9977f7",
        "06:25.691",
        "command",
        command("compact", "keep the essentials"),
      ),
      injected(
        COMPACT,
        "31eab9e5-f3f6-46bc-9aa7-6b7b3c1af015",
        "06:26.618",
        "command output",
        "<local-command-stdout>Compacted PreCompact",
      ),
    ],
  },
  title: {
    toolCalls: [],
    events: [
      event(TITLE, "rename-#", "rename", "10:08.804", {
        text: "Fake title for the session",
        data: JSON.stringify({ title: "Fake title for the session", by: "agent" }),
      }),
    ],
  },
  err400: {
    toolCalls: [],
    events: [
      event(ERR400, "f5f5c008-e6d1-4af3-98f8-7766e75c1821", "error", "01:57.332", {
        messageId: "f5f5c008-e6d1-4af3-98f8-7766e75c1821",
        text: "API Error: 400 messages: fake bad request",
        data: JSON.stringify({
          status: 400,
          error: "unknown",
          requestId: "req_01yC7jxm53r0UNkQ9u9C3ghS",
        }),
      }),
    ],
  },
  err500x2: {
    toolCalls: [],
    events: [
      event(ERR500, "e9450f19-c1b3-4ddf-b1f6-0f1b84b082e5", "retry", "01:49.682", {
        text: "500 Internal server error (fake)",
        data: JSON.stringify({ status: 500, attempt: 1, maxAttempts: 10, delayMs: 517 }),
      }),
      event(ERR500, "82c287e5-b04c-4f71-ab28-cd752254d099", "retry", "01:50.225", {
        text: "500 Internal server error (fake)",
        data: JSON.stringify({ status: 500, attempt: 2, maxAttempts: 10, delayMs: 1126 }),
      }),
    ],
  },
  int1: {
    toolCalls: [
      call({
        session: INT,
        id: "toolu_01F735HdBk3TQzh3Dg5K45Zm",
        message: "msg_01TmT77EBUGDyw2s4Ate6p9k",
        position: 1,
        input: SAY_HELLO,
        output: "hello-from-bash",
        from: "07:38.267",
        to: "07:38.616",
      }),
      call({
        session: INT,
        id: "toolu_01bsk9vbXD1nd4LCHnkv79S2",
        message: "msg_01H3AhW9HgL4afr4g0kmcjwE",
        position: 0,
        input: { command: "sleep 6", description: "Sleep", timeout: 60000 },
        output: "(Bash completed with no output)",
        from: "08:10.077",
        to: "08:16.294",
      }),
      call({
        session: INT,
        id: "toolu_01xrEHx5pAjKJjt7U0HuB1ym",
        message: "msg_01VwysREAimTd06kTm9uLWWb",
        position: 0,
        input: { command: "sleep 20", description: "Sleep", timeout: 60000 },
        output: REJECTED,
        from: "08:26.639",
        to: "08:29.579",
        more: {
          status: "denied",
          error: REJECTED,
          data: JSON.stringify({ denial: "user-rejected" }),
        },
      }),
    ],
    events: [
      event(INT, "permission-#", "permission", null, { data: JSON.stringify({ mode: "auto" }) }),
      event(INT, "fa9af384-c905-447a-9d13-b21565709360", "interrupt", "07:46.131", {
        messageId: "msg_01fD3DynbiBUk0Avk23XJDH9",
        text: "[Request interrupted by user]",
      }),
      event(INT, "rename-#", "rename", "08:16.645", {
        text: "my-renamed-session",
        data: JSON.stringify({ title: "my-renamed-session", by: "user" }),
      }),
      injected(
        INT,
        "0d2f5301-ba93-4d5e-9631-7303f7f20bcf",
        "08:21.075",
        "command",
        command("rename", "my-renamed-session"),
      ),
      injected(
        INT,
        "b0766ba5-ded1-4343-8d0d-2be9fa6accae",
        "08:21.075",
        "command output",
        "<local-command-stdout>Session renamed to: my-renamed-session</local-command-stdout>",
      ),
      injected(
        INT,
        "0c3ee39b-efa8-454a-920e-cd6b0cfa7e6c",
        "08:21.075",
        "reminder",
        `<system-reminder>\nThe user named this session "my-renamed-session". This may indicate the session's focus or intent.\n</system-reminder>`,
      ),
      injected(
        INT,
        "cfc29e18-1c82-4d2a-b279-861e434ab3e9",
        "08:23.422",
        "shell",
        "<bash-input>echo from-bang</bash-input>",
      ),
      injected(
        INT,
        "cd713a60-0e3e-4631-81cd-7c98c84cd88b",
        "08:23.480",
        "shell output",
        "<bash-stdout>from-bang</bash-stdout><bash-stderr></bash-stderr>",
      ),
      event(INT, "263be8d6-e142-4053-88f9-990d551f9a9a", "interrupt", "08:29.590", {
        messageId: "msg_01VwysREAimTd06kTm9uLWWb",
        text: "[Request interrupted by user for tool use]",
      }),
      event(CLEARED, "rename-#", "rename", null, {
        text: "my-renamed-session",
        data: JSON.stringify({ title: "my-renamed-session", by: "user" }),
      }),
      injected(
        CLEARED,
        "4dbd9592-0eab-4d62-b2df-266f5f4ed4be",
        "08:31.780",
        "command",
        command("clear", ""),
      ),
      event(CLEARED, "permission-#", "permission", "08:34.733", {
        data: JSON.stringify({ mode: "auto" }),
      }),
      event(CLEARED, "14846acf-59fa-4bde-b72d-528c00c35d6f", "compaction", "08:38.380", {
        text: SUMMARY_BEGINS,
        data: JSON.stringify({
          trigger: "manual",
          tokensBefore: 16258,
          tokensAfter: 2823,
          durationMs: 433,
        }),
      }),
      injected(
        CLEARED,
        "9a71a8a0-12aa-4d0c-bf2f-24cafbc03ca6",
        "08:37.809",
        "command",
        command("compact", ""),
      ),
      injected(
        CLEARED,
        "084130e0-ada0-49a3-85dd-c5f0d34ccee8",
        "08:38.479",
        "command output",
        "<local-command-stdout>\u001b[2mCompacted (ctrl+o to see full summary)",
      ),
    ],
  },
  bashfail: {
    toolCalls: [
      call({
        session: BASHFAIL,
        id: "toolu_01CJRtmUm4KiexZYzfB3pSoX",
        message: "msg_01FAjc9bCK47zWKcEPNxrpF0",
        position: 0,
        input: { command: "ls /nonexistent-dir-xyz; exit 3", description: "Fail" },
        output: FAILED_OUTPUT,
        from: "01:43.493",
        to: "01:43.947",
        more: { status: "error", error: "Exit code 3", data: JSON.stringify({ exitCode: 3 }) },
      }),
    ],
    events: [],
  },
  denied: {
    toolCalls: [
      call({
        session: DENIED,
        id: "toolu_0176cfdp07hzA0eEG7MvqeqY",
        message: "msg_01xN4pAAZVsEQxHh0VoMVs8j",
        position: 0,
        name: "Write",
        kind: "write",
        input: { file_path: "/home/dev/src/denied/out.txt", content: "line one\nline two\n" },
        output: NOT_GRANTED,
        from: "01:45.645",
        to: "01:45.795",
        more: {
          filePath: "/home/dev/src/denied/out.txt",
          status: "denied",
          error: NOT_GRANTED,
          data: JSON.stringify({
            denial: "user-rejected",
            permission: { decision: "reject", source: "config" },
          }),
        },
      }),
    ],
    events: [],
  },
  write: {
    toolCalls: [
      call({
        session: WRITE,
        id: "toolu_012NaCdmZApRD96MqqaN7zW3",
        message: "msg_01Kv8hGPYcF6uBCCwVtMr8cS",
        position: 0,
        name: "Write",
        kind: "write",
        input: { file_path: "/home/dev/src/write/out.txt", content: "line one\nline two\n" },
        output:
          "File created successfully at: /home/dev/src/write/out.txt (file state is current in your context — no need to Read it back)",
        from: "01:41.489",
        to: "01:41.877",
        more: {
          filePath: "/home/dev/src/write/out.txt",
          data: JSON.stringify({ change: "create" }),
        },
      }),
    ],
    events: [
      event(WRITE, "permission-#", "permission", "01:41.254", {
        data: JSON.stringify({ mode: "acceptEdits" }),
      }),
    ],
  },
};
