import fc from "fast-check";
import { at, type Json } from "../lines.ts";

const word = fc.constantFrom("yes", "go on", "done", "x", "what?");

/** An answer: its texts, a line each, and whether it ends with a call. */
const answer = fc.record({
  texts: fc.array(word, { minLength: 1, maxLength: 3 }),
  calls: fc.boolean(),
});

const turn = fc.record({
  prompt: word,
  permissionMode: fc.constantFrom("default", "plan", undefined),
  cwd: fc.constantFrom("/a", "/b"),
  isInterrupted: fc.boolean(),
  answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
});

/** What the API calls its answers: names of their own, one for all, none. */
const naming = fc.constantFrom("own", "one, by request", "one, by turn", "none");

/** A conversation as it was: times go on, and of each line there is one. */
export const conversation: fc.Arbitrary<Json[]> = fc
  .record({ turns: fc.array(turn, { minLength: 1, maxLength: 12 }), naming })
  .map(({ turns, naming }) => linesOf(turns, naming));

type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

function linesOf(turns: readonly Turn[], naming: string): Json[] {
  const lines: Json[] = [];
  let count = 0;
  for (const turn of turns) {
    const { prompt, permissionMode, answers, isInterrupted } = turn;
    const push = (line: Json) => lines.push(lineAfter(lines, turn.cwd, line));
    push({ type: "user", permissionMode, message: { content: prompt } });
    for (const { texts, calls } of naming === "one, by turn" ? answers.slice(0, 1) : answers) {
      count += 1;
      // Nothing tells the lines of an answer without a name from each other's.
      for (const line of answerLines(naming === "none" ? texts.slice(0, 1) : texts, calls, count)) {
        push(named(line, naming, count));
      }
      if (!calls) continue;
      const result = { type: "tool_result", tool_use_id: `t${count}`, content: `r${count}` };
      push({ type: "user", message: { content: [result] } });
    }
    if (!isInterrupted) continue;
    push({ type: "user", message: { content: "[Request interrupted by user]" } });
  }
  return lines;
}

function lineAfter(lines: readonly Json[], cwd: string, line: Json): Json {
  const n = lines.length;
  return {
    uuid: `u${n}`,
    parentUuid: n === 0 ? null : `u${n - 1}`,
    isSidechain: false,
    sessionId: "s",
    cwd,
    gitBranch: `b${n}`,
    timestamp: at(n),
    ...line,
  };
}

function answerLines(texts: readonly string[], calls: boolean, count: number): Json[] {
  const blocks: Json[] = texts.map((text) => ({ type: "text", text }));
  if (calls)
    blocks.push({ type: "tool_use", id: `t${count}`, name: "Bash", input: { command: "x" } });
  return blocks.map((block, i) => ({
    type: "assistant",
    apiBlockIndex: i,
    message: {
      model: "m",
      content: [block],
      stop_reason: calls ? "tool_use" : "end_turn",
      usage: { input_tokens: count, output_tokens: 7 },
    },
  }));
}

function named(line: Json, naming: string, count: number): Json {
  const id = { own: `m${count}`, none: "" }[naming] ?? "chatcmpl-0";
  const requestId = naming === "one, by request" ? `r${count}` : undefined;
  return { ...line, requestId, message: { ...(line.message as Json), id } };
}
