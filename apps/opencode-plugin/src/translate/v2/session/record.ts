import { type EventFacts, ownEvent } from "../../shared/rows/event.ts";
import { NOTHING, type SessionFacts, sessionUpsert } from "../../shared/rows/session.ts";
import { recorded, type Translated } from "../../shared/step.ts";
import { type State2, sessionOf, withSession } from "../state.ts";
import type { Known2, Step2 } from "../step.ts";

/** What an event says of its own, under its own id. */
export type Beside = Omit<EventFacts, "id" | "sessionId" | "createdAt">;

/** What the event told of its session, and nothing from memory. */
export function sessionRecord(event: Known2, facts: Partial<SessionFacts>): Translated {
  const { sessionId, stamp, directory } = event;
  const known = { ...NOTHING, projectPath: directory, updatedAt: stamp.at, ...facts };
  return { kind: "session", data: sessionUpsert(sessionId, known, stamp) };
}

/** The event as a row of its own. */
export function eventRecords(event: Known2, facts: Beside): Translated[] {
  return ownEvent(event, event.sessionId, facts);
}

/** The state in which the session is where the event says, if nothing better told. */
export function withPlace(state: State2, { sessionId, directory: value, stamp }: Known2): State2 {
  if (value === null || sessionOf(state, sessionId).directory) return state;
  return withSession(state, sessionId, { directory: { value, stamp } });
}

/** The event is a row of its own and tells nothing else. */
export function happened(state: State2, event: Known2, facts: Beside): Step2 {
  return recorded(withPlace(state, event), event, ...eventRecords(event, facts));
}
