import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conversation } from "../copies/conversation.ts";
import { answer, at, type Json, prompt, read, T0 } from "../lines.ts";

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

  test("from wherever it begins, wherever reading was stopped", { timeout: 120_000 }, () => {
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

describe("a side question or a fork", () => {
  const main = [
    prompt("Plan the beds", { uuid: "u1", timestamp: at(1), isSidechain: false }),
    answer("m1", "Basil.", {
      line: { uuid: "u2", timestamp: at(2), isSidechain: false, requestId: "r1" },
    }),
    prompt("And water?", { uuid: "u3", timestamp: at(3), isSidechain: false }),
  ];
  const asked = own(50, prompt("Is mint invasive?"));
  const answered = own(51, answer("side1", "Yes."));
  /** With new times and uuids. */
  const repeated = main.map((line, n) => own(n, line));
  const rows = (agent: Json[], lines = main) =>
    rowsOf(lines, agent)
      .told()
      .messages.map(({ id, agentId, agent }) => [id, agentId ?? null, agent ?? null]);
  const SIDE = ["side", "explore"];
  const MAIN = [null, null];

  test("repeats a prompt that the main conversation is still answering", () => {
    expect(rows([...repeated, asked, answered])).toEqual([
      ["a50", ...SIDE],
      ["m1", ...MAIN],
      ["side1", ...SIDE],
      ["u1", ...MAIN],
      ["u3", ...MAIN],
    ]);
  });

  test("may say what the main conversation said too", () => {
    const same = own(50, prompt("And water?"));
    expect(rows([...repeated, same, answered])).toEqual(rows([...repeated, asked, answered]));
    expect(rows([same, answered])).toContainEqual(["a50", ...SIDE]);
  });

  test("keeps what was given beside such a prompt", () => {
    const file = own(51, {
      type: "attachment",
      sessionId: "s",
      attachment: { type: "file", filename: "/f", content: { type: "text" } },
    });
    const same = own(50, prompt("And water?"));
    const { messages } = rowsOf(main, [same, file, own(52, answer("side1", "Yes."))]).told();
    expect(messages.find(({ id }) => id === "a50")).toMatchObject({
      agentId: "side",
      attachments: '[{"name":"f","type":"text/plain","path":"/f"}]',
    });
  });

  test("repeats by its own word what the session's file has lost", () => {
    const forked = main.map((line) => ({
      ...line,
      isSidechain: true,
      agentId: "side",
      forkedFrom: { sessionId: "s", messageUuid: line.uuid },
    }));
    const found = rowsOf([], [...forked, asked, answered]).told();
    expect(found.messages.map(({ id, agentId }) => [id, agentId ?? null])).toEqual([
      ["a50", "side"],
      ["m1", null],
      ["side1", "side"],
      ["u1", null],
      ["u3", null],
    ]);
    expect(found.events).toEqual([]);
    expect(found.sessions[0]).not.toHaveProperty("forkedFromId");
  });

  test("ends no call of the main conversation", () => {
    const call = answer("m2", null, { line: { uuid: "u4", timestamp: at(4), isSidechain: false } });
    const result = (content: string, extra: Json) =>
      prompt([{ type: "tool_result", tool_use_id: "t", content }], extra);
    const ended = result("The beds.", { uuid: "u5", timestamp: at(9), isSidechain: false });
    const placeholder = own(5, result("Fork started.", {}));
    const { toolCalls } = rowsOf([...main, call, ended], [own(4, call), placeholder, asked]).told();
    expect(toolCalls).toMatchObject([
      { output: "The beds.", durationMs: 5_000, isSidechain: false },
    ]);
    expect(toolCalls[0]).not.toHaveProperty("agentId");
  });

  test("M8: where it was read before the session's lines were there, those have their messages", () => {
    const forked = main.map((line) => ({ ...line, isSidechain: true, agentId: "side" }));
    const { rows } = read([...forked, asked, answered], undefined, { owner: AGENT });
    const later = read(main, undefined, { rows }).rows.told().messages;
    expect(later).toEqual(rowsOf(main, [...forked, asked, answered]).told().messages);
  });
});

describe("a sub-agent's transcript without its session's", () => {
  const lines = [
    own(1, prompt("look", { cwd: "/w/garden", version: "2.1.217", gitBranch: "main" })),
    own(2, answer("side1", "Yes.")),
  ];

  test("tells what it can of the session", () => {
    expect(rowsOf([], lines).told().sessions).toMatchObject([
      {
        projectName: "garden",
        agentVersion: "2.1.217",
        createdAt: T0 + 501_000,
        updatedAt: T0 + 502_000,
      },
    ]);
  });

  test("with it only that it goes on", () => {
    const main = prompt("go", { timestamp: at(1), cwd: "/w/app", version: "2.1.1" });
    expect(rowsOf([main], lines).told().sessions).toMatchObject([
      {
        projectName: "app",
        agentVersion: "2.1.1",
        createdAt: T0 + 1_000,
        updatedAt: T0 + 502_000,
      },
    ]);
  });
});
