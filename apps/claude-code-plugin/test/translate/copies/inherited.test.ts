import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answer, at, type Json, prompt, read } from "../lines.ts";
import { conversation } from "./conversation.ts";

const RUNS = Number(process.env.DUOLOG_RUNS ?? 120);
const AGENT = { sessionId: "s", agentId: "side", agentType: "explore" };

type Stop = (line: number) => boolean;

/** The rows of a session's own transcript and of a sub-agent's, read one after the other. */
function rowsOf(main: Json[], agent: Json[], stop?: Stop) {
  const { rows, transcript } = read(main, stop);
  return read(agent, stop, { owner: AGENT, beside: [transcript], rows }).rows;
}

/** A line as a sub-agent writes it. */
function own(n: number, line: Json): Json {
  return { ...line, uuid: `a${n}`, isSidechain: true, agentId: "side", timestamp: at(500 + n) };
}

describe("what a sub-agent's transcript repeats of the main conversation stays that one's", () => {
  const task = fc.record({
    prompt: fc.constantFrom("yes", "go on", "look"),
    answers: fc.array(fc.constantFrom("yes", "done", "found"), { minLength: 1, maxLength: 3 }),
  });
  /** How the lines are repeated: with times, uuids and requests as they were, or new ones. */
  const repeat = fc.constantFrom<(line: Json, n: number) => Json>(
    (line) => ({ ...line, isSidechain: true, agentId: "side" }),
    (line) => ({
      ...line,
      agentId: "side",
      forkedFrom: { sessionId: "s", messageUuid: line.uuid },
    }),
    (line, n) => ({ ...own(n, line), timestamp: line.timestamp }),
    (line, n) => own(n, line),
    (line, n) => ({ ...own(n, line), ...(line.requestId !== undefined && { requestId: `f${n}` }) }),
  );

  test("from wherever it begins, wherever reading was stopped", { timeout: 60_000 }, () => {
    const stops = fc.array(fc.nat(60), { maxLength: 4 });
    const input = fc.tuple(conversation, fc.nat(), repeat, task, stops);
    fc.assert(
      fc.property(input, ([main, from, repeat, { prompt: text, answers }, stops]) => {
        const begin = from % (main.length + 1);
        const inherited = main.slice(begin).map(repeat);
        const said = [
          own(100, prompt(text)),
          ...answers.map((text, i) => own(101 + i, answer(`own${i}`, text))),
        ];
        const rows = rowsOf(main, [...inherited, ...said], (i) => stops.includes(i));
        const { sessions, messages, toolCalls, events } = rowsOf(main, said).told();
        const found = rows.told();
        expect(found.messages).toEqual(messages);
        expect(found.toolCalls).toEqual(toolCalls);
        expect(found.events).toEqual(events);
        expect(found.sessions).toEqual(sessions);
      }),
      { numRuns: RUNS },
    );
  });
});
