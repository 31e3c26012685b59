import { expect, test } from "vitest";
import { createLookout } from "../src/lookAgain.ts";

/** The sessions that are asked for after these events, in order. */
function asked(...events: unknown[]): string[] {
  const sessions: string[] = [];
  const hear = createLookout((ids) => sessions.push(...ids));
  for (const event of events) hear(event);
  return sessions;
}

const told = (type: string, sessionID: unknown = "ses_1") => ({ type, data: { sessionID } });
const CREATED = told("session.created");

test.each([
  "session.execution.succeeded",
  "session.execution.failed",
  "session.execution.interrupted",
  "session.forked",
  "session.revert.staged",
  "session.revert.cleared",
  "session.revert.committed",
])("%s asks for its session", (type) => {
  expect(asked(CREATED, told(type))).toEqual(["ses_1"]);
});

test("a session from before is asked for once, a new one not", () => {
  expect(asked(told("session.text.delta"), told("session.text.delta"))).toEqual(["ses_1"]);
  expect(asked(CREATED, told("session.text.delta"))).toEqual([]);
});

test("what is no session's event asks for nothing", () => {
  const strange = [null, undefined, "text", {}, { type: "session.forked" }];
  expect(asked(...strange, told("session.forked", 7), told("models-dev.refreshed", ""))).toEqual(
    [],
  );
});
