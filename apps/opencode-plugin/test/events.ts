import type {
  IngestRecord,
  MessageUpsert,
  SessionEventUpsert,
  SessionUpsert,
  ToolCallUpsert,
} from "@duolog/contract";
import { initialState, type Step, translate } from "../src/translate/index.ts";

/** When the events of these tests happen, epoch ms. */
export const NOON = 1_795_345_200_000;

/** An id as OpenCode makes them: the clock's lower 36 bits, a counter, 14 characters. */
export function idAt(prefix: string, at: number, counter = 1): string {
  const clock = (at % 2 ** 36).toString(16).padStart(9, "0");
  return `${prefix}_${clock}${counter.toString(16).padStart(3, "0")}${"x".repeat(14)}`;
}

/** An event made at a time, its id telling so. */
export function event(type: string, properties: object, at = NOON, counter = 1) {
  return { id: idAt("evt", at, counter), type, properties };
}

export const partUpdated = (part: object, at = NOON) =>
  event(
    "message.part.updated",
    {
      sessionID: "ses_1",
      part: { type: "text", id: "prt_1", messageID: "msg_1", sessionID: "ses_1", ...part },
      time: at,
    },
    at,
  );

/** A part with which every answer begins. */
export const stepStart = (at = NOON) =>
  partUpdated({ type: "step-start", id: idAt("prt", at) }, at);

/** A tool's part in a state, begun with the second part of its message. */
export const toolUpdated = (state: object, part: object = {}, at = NOON + 1) =>
  partUpdated(
    { type: "tool", id: idAt("prt", NOON + 1), tool: "bash", callID: "call_1", state, ...part },
    at,
  );

export const messageUpdated = (info: object = {}, at = NOON) =>
  event(
    "message.updated",
    {
      sessionID: "ses_1",
      info: { id: "msg_1", role: "assistant", time: { created: NOON }, ...info },
    },
    at,
  );

export const sessionUpdated = (info: object = {}, at = NOON) =>
  event("session.updated", { sessionID: "ses_1", info: { id: "ses_1", ...info } }, at);

/** The results of each event, told one after the other to one process. */
export function told(events: unknown[]): Step[1][] {
  let state = initialState;
  return events.map((each) => {
    const [next, results] = translate(state, each, NOON);
    state = next;
    return results;
  });
}

/** What is recorded of them, in order. */
export function recordsOf(events: unknown[]): IngestRecord[] {
  return told(events)
    .flat()
    .filter((result) => result.kind !== "rejected");
}

/** The last record of a message. @throws where there is none */
export function lastMessage(events: unknown[]): MessageUpsert {
  const record = recordsOf(events).findLast(({ kind }) => kind === "message");
  if (record?.kind !== "message") throw new Error("no message recorded");
  return record.data;
}

/** The last record of a session. @throws where there is none */
export function lastSession(events: unknown[]): SessionUpsert {
  const record = recordsOf(events).findLast(({ kind }) => kind === "session");
  if (record?.kind !== "session") throw new Error("no session recorded");
  return record.data;
}

/** The tool calls that are recorded of these events, in order. */
export function callsOf(events: unknown[]): ToolCallUpsert[] {
  return recordsOf(events).flatMap((record) => (record.kind === "toolCall" ? [record.data] : []));
}

/** The session events that are recorded of these events, in order. */
export function eventsOf(events: unknown[]): SessionEventUpsert[] {
  return recordsOf(events).flatMap((record) => (record.kind === "event" ? [record.data] : []));
}
