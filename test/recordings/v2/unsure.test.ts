import { describe, expect, test } from "vitest";
import { factsOf, mergeAll } from "../opencodeReplay.ts";
import { CONTROL } from "./control.ts";
import { type Captured, readRecording, translateAll } from "./replay.ts";
import { TALK } from "./talk.ts";
import { TOOL_ROWS } from "./tools.ts";

/**
 * What nobody has seen a real OpenCode 2 do yet, each played the way that the recordings do not: the
 * rows must be the same but for what is not told then.
 */
const ALL = Object.keys({ ...TALK, ...TOOL_ROWS, ...CONTROL }).flatMap((names) => names.split(" "));

const factsFrom = (events: Captured[]) => factsOf(mergeAll(translateAll(events)));
type Facts = ReturnType<typeof factsFrom>;

const changedEach = (events: Captured[], change: (event: Captured["event"]) => object) =>
  events.map((told) => ({ ...told, event: { ...told.event, ...change(told.event) } }));
const without = (events: Captured[], type: string) =>
  events.filter(({ event }) => event.type !== type);

describe.each(ALL)("%s", (name) => {
  const events = readRecording(name);
  const whole = factsFrom(events);

  test("events that tell no location: the directory is the session's own, where its beginning was told", () => {
    const isBegun = events.some(({ event }) => event.type === "session.created");
    const unknown = { projectPath: null, projectName: null };
    expect(factsFrom(changedEach(events, () => ({ location: undefined })))).toEqual({
      ...whole,
      sessions: whole.sessions.map((session) => (isBegun ? session : { ...session, ...unknown })),
    });
  });

  test("every event tells its location", () => {
    const location = { directory: "/home/dev/proj" };
    expect(factsFrom(changedEach(events, () => ({ location })))).toEqual(whole);
  });

  test("no instructions told with a turn", () => {
    expect(factsFrom(without(events, "session.instructions.updated"))).toEqual(whole);
  });
});

test("a step that is told to have failed before its retry", () => {
  const events = readRecording("07-retry");
  const at = events.findIndex(({ event }) => event.type === "session.retry.scheduled");
  const retry = events[at] ?? expect.fail("no retry");
  const failed = {
    ...retry.event,
    id: "evt_123ae8c730011UmAUYySoOoIqs",
    type: "session.step.failed",
  };
  const told = { at: retry.at - 1, event: { ...failed, created: retry.event.created - 1 } };
  expect(factsFrom(events.toSpliced(at, 0, told))).toEqual(factsFrom(events));
});

/** The facts with another answer, the only one. */
function withAnswer(facts: Facts, change: Partial<Facts["messages"][number]>): Facts {
  const messages = facts.messages.map((message) =>
    message.role === "assistant" ? { ...message, ...change } : message,
  );
  return { ...facts, messages };
}

describe.each(["06-model-error", "09-interrupt"])("%s", (name) => {
  const events = readRecording(name);
  const whole = factsFrom(events);

  test("the failed step tells what it cost", () => {
    const tokens = { input: 5, output: 1, reasoning: 2, cache: { read: 3, write: 4 } };
    const costly = changedEach(events, ({ type, data }) =>
      type === "session.step.failed" ? { data: { ...data, cost: 0.5, tokens } } : {},
    );
    expect(factsFrom(costly)).toEqual(
      withAnswer(whole, {
        cost: 0.5,
        promptTokens: 5,
        completionTokens: 1,
        reasoningTokens: 2,
        cacheReadTokens: 3,
        cacheWriteTokens: 4,
      }),
    );
  });

  test("no failed step is told: the answer has no end, session and events say what happened", () => {
    const facts = factsFrom(without(events, "session.step.failed"));
    const [answer] = facts.messages.filter(({ role }) => role === "assistant");
    expect(facts).toEqual(
      withAnswer(whole, {
        finishReason: null,
        error: null,
        durationMs: null,
        completedAt: null,
        updatedAt: answer?.updatedAt ?? null,
      }),
    );
  });

  test("an error of another type", () => {
    const error = { type: "new.type", message: "told" };
    const facts = factsFrom(
      changedEach(events, ({ data }) => (data.error ? { data: { ...data, error } } : {})),
    );
    expect(facts.messages.map((message) => message.error)).toEqual([null, "new.type: told"]);
    expect(facts.events.map(({ kind }) => kind)).toEqual(whole.events.map(({ kind }) => kind));
    expect(facts.sessions.map(({ status }) => status)).toEqual(
      whole.sessions.map(({ status }) => status),
    );
  });
});
