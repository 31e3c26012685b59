import type { Loose } from "../shared/read.ts";
import type { Heard, StepOf } from "../shared/step.ts";
import type { State } from "./state.ts";

/** The state after an event, and what the event gave. */
export type Step = StepOf<State>;

/** The properties that the events of one type, or of several, can have. */
interface Properties {
  sessionID: unknown;
  messageID: unknown;
  partID: unknown;
  info: unknown;
  part: unknown;
  status: unknown;
  error: unknown;
  time: unknown;
  id: unknown;
  type: unknown;
  permission: unknown;
  pattern: unknown;
  patterns: unknown;
  tool: unknown;
  callID: unknown;
  requestID: unknown;
  permissionID: unknown;
  reply: unknown;
  response: unknown;
}

/** An event whose type is known. */
export interface Known extends Heard {
  readonly properties: Loose<Properties>;
}

/** What an event of one type does. Pure, as `translate`. */
export type Handler = (state: State, event: Known) => Step;
