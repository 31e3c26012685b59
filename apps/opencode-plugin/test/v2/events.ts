import type { IngestRecord } from "@duolog/contract";
import { initialState2, type Step2, translate2 } from "../../src/translate/index.ts";
import { idAt, NOON } from "../events.ts";

export const SESSION = "ses_1";
export const ANSWER = "msg_a";

/** An event of version 2 made at a time, its id telling so. */
export function event(type: string, data: object = {}, at = NOON, counter = 1) {
  return {
    id: idAt("evt", at, counter),
    created: at,
    type,
    data: { sessionID: SESSION, ...data },
  };
}

/** An event about the answer. */
export const ofAnswer = (type: string, data: object = {}, at = NOON) =>
  event(type, { assistantMessageID: ANSWER, ...data }, at);

export const stepStarted = (data: object = {}, at = NOON) =>
  ofAnswer(
    "session.step.started",
    { agent: "build", model: { id: "m", providerID: "p" }, started: at, ...data },
    at,
  );

/** A call's beginning: its input written, then called. */
export const callBegun = (id: string, name: string, input: object, at = NOON) => [
  ofAnswer("session.tool.input.started", { id, name }, at),
  ofAnswer("session.tool.input.ended", { id, text: JSON.stringify(input) }, at + 1),
  ofAnswer("session.tool.called", { id, input, executed: false }, at + 2),
];

/** The results of each event, told one after the other to one process. */
export function told(events: readonly unknown[]): Step2[1][] {
  let state = initialState2;
  return events.map((each) => {
    const [next, results] = translate2(state, each, NOON);
    state = next;
    return results;
  });
}

/** All records of the events. @throws where any is rejected */
export function recordsOf(events: readonly unknown[]): IngestRecord[] {
  return told(events)
    .flat()
    .map((result) => {
      if (result.kind === "rejected") throw new Error(result.reason);
      return result;
    });
}
