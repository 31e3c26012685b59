import fc from "fast-check";
import { answer, at, type Json, prompt } from "./lines.ts";

const time = fc.option(fc.integer({ min: 0, max: 60 }).map(at), { nil: undefined });
const id = fc.integer({ min: 0, max: 45 }).map((n) => `m${n}`);
const call = fc.integer({ min: 0, max: 12 }).map((n) => `t${n}`);
const short = fc.string({ maxLength: 3 });

/** What any line may tell besides. */
const head = fc.record(
  {
    timestamp: time,
    uuid: fc.uuid(),
    cwd: fc.constantFrom("/a", "/b"),
    isSidechain: fc.boolean(),
    agentId: fc.constantFrom("one", "two"),
    requestId: fc.constantFrom("r1", "r2"),
    permissionMode: fc.constantFrom("default", "plan", "auto"),
    forkedFrom: fc.record({ sessionId: fc.constantFrom("o", "p"), messageUuid: fc.uuid() }),
  },
  { requiredKeys: ["timestamp", "uuid"] },
);

const block = fc.oneof(
  short.map((text) => ({ type: "text", text })),
  short.map((thinking) => ({ type: "thinking", thinking, signature: "s" })),
  fc.record({
    type: fc.constant("tool_use"),
    id: call,
    name: fc.constantFrom("Bash", "Read", "mcp__x__y"),
    input: fc.record({ file_path: short }),
  }),
);

const answerLine = fc
  .record({
    id,
    content: fc.array(block, { minLength: 1, maxLength: 3 }),
    apiBlockIndex: fc.option(fc.nat(3), { nil: undefined }),
    output: fc.nat(9),
    head,
  })
  .map(({ id, content, apiBlockIndex, output, head }) =>
    answer(id, "", {
      line: { apiBlockIndex, ...head },
      message: {
        content,
        usage: { iterations: [{ type: "advisor_message", model: "b", output_tokens: output }] },
      },
    }),
  );

const resultLine = fc
  .record({ call, text: short, isError: fc.boolean(), agentId: fc.option(short), head })
  .map(({ call, text, isError, agentId, head }) =>
    prompt([{ type: "tool_result", tool_use_id: call, content: text, is_error: isError }], {
      toolUseResult: agentId === null ? "x" : { agentId },
      ...head,
    }),
  );

const file = fc.record({ name: short, head }).map(({ name, head }) => ({
  type: "attachment",
  sessionId: "s",
  attachment: { type: "file", filename: `/${name}`, content: { type: "text" } },
  ...head,
}));

/** A prompt with files, and whatever else stands between them. */
const givenLines = fc
  .record({ text: short, head, files: fc.array(file, { minLength: 1, maxLength: 3 }) })
  .map(({ text, head, files }) => [prompt(`p${text}`, head), ...files]);

/** A compaction and its summary. */
const compaction = fc
  .tuple(head, head, short)
  .map(([first, second, text]): Json[] => [
    { type: "system", subtype: "compact_boundary", sessionId: "s", ...first },
    prompt(`s${text}`, { isCompactSummary: true, ...second, parentUuid: first.uuid }),
  ]);

const alone: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: answerLine },
  { weight: 3, arbitrary: resultLine },
  head.map((head) => prompt("<system-reminder>x</system-reminder>", { isMeta: true, ...head })),
  head.map((head) => prompt("[Request interrupted by user]", head)),
  head.map((head) => prompt("<ide_selection>x</ide_selection>\nwhy?\n<x-hook>y</x-hook>", head)),
  head.map((head) => ({ type: "system", subtype: "api_error", sessionId: "s", ...head })),
  fc.record({ call, agentId: fc.constantFrom("one", "two"), timestamp: time }).map((told) => ({
    type: "progress",
    sessionId: "s",
    timestamp: told.timestamp,
    parentToolUseID: told.call,
    data: { type: "agent_progress", agentId: told.agentId },
  })),
  fc.constantFrom("default", "plan", "auto").map((permissionMode) => ({
    type: "permission-mode",
    sessionId: "s",
    permissionMode,
  })),
);

/** What is given while a turn is running, in the order of any version. */
const queueLines = fc
  .record({
    operations: fc.array(fc.constantFrom("enqueue", "dequeue", "remove", "popAll"), {
      maxLength: 4,
    }),
    text: fc.constantFrom("one", "two", "/three", undefined),
    ask: fc.constantFrom("one", "two", "one\ntwo", ""),
    isAttached: fc.boolean(),
    head,
  })
  .map(({ operations, text, ask, isAttached, head }): Json[] => [
    ...operations.map((operation) => ({
      type: "queue-operation",
      operation,
      sessionId: "s",
      timestamp: head.timestamp,
      content: text,
    })),
    isAttached
      ? { type: "attachment", attachment: { type: "queued_command", prompt: ask }, ...head }
      : prompt(ask, head),
  ]);

/** Lines that become tool calls, events or parts of a message, those that belong together together. */
export const besideLines: fc.Arbitrary<Json[]> = fc.oneof(
  { weight: 6, arbitrary: alone.map((line) => [line]) },
  givenLines,
  compaction,
  queueLines,
);
