import type { Loose } from "../shared/read.ts";
import type { Heard, StepOf } from "../shared/step.ts";
import type { State2 } from "./state.ts";

/** The state after an event of version 2, and what the event gave. */
export type Step2 = StepOf<State2>;

/** What the `data` of events of one type, or of several, can have. */
interface Data {
  sessionID: unknown;
  projectID: unknown;
  parentID: unknown;
  location: unknown;
  title: unknown;
  version: unknown;
  agent: unknown;
  model: unknown;
  previous: unknown;
  boundary: unknown;
  cost: unknown;
  tokens: unknown;
  inboxID: unknown;
  item: unknown;
  inputID: unknown;
  reason: unknown;
  error: unknown;
  assistantMessageID: unknown;
  messageID: unknown;
  started: unknown;
  ordinal: unknown;
  text: unknown;
  finish: unknown;
  id: unknown;
  name: unknown;
  description: unknown;
  input: unknown;
  content: unknown;
  metadata: unknown;
  attempt: unknown;
  at: unknown;
  revert: unknown;
  to: unknown;
  shell: unknown;
  output: unknown;
  action: unknown;
  resources: unknown;
  source: unknown;
  requestID: unknown;
  reply: unknown;
}

/** An event of version 2 whose type is known and that tells of a session. */
export interface Known2 extends Heard {
  readonly sessionId: string;
  readonly data: Loose<Data>;
  /** Where the session was at work then; null where the event does not say. */
  readonly directory: string | null;
}

/** What an event of one type does. Pure, as `translate2`. */
export type Handler2 = (state: State2, event: Known2) => Step2;
