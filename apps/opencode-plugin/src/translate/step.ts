import type { Kind, UpsertOf } from "@duolog/contract";
import type { Loose, Reader } from "./read.ts";
import type { Stamp } from "./stamp.ts";
import type { State } from "./state.ts";

/** One thing to record, every field named. */
export type Translated = { [K in Kind]: { kind: K; data: Required<UpsertOf<K>> } }[Kind];

/** An event of a known type in a shape that is not known, in whole or in part. */
export interface Rejected {
  kind: "rejected";
  reason: string;
}

/** The state after an event, and what the event gave. */
export type Step = [State, (Translated | Rejected)[]];

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
export interface Known {
  readonly type: string;
  /** Its own id; null where it has none that can be kept. */
  readonly id: string | null;
  readonly properties: Loose<Properties>;
  readonly stamp: Stamp;
  /** When the plugin got it, epoch ms. */
  readonly at: number;
  readonly reader: Reader;
}

/** What an event of one type does. Pure, as `translate`. */
export type Handler = (state: State, event: Known) => Step;

/** The event gave these records; fields that could not be read are told beside them. */
export function recorded(state: State, event: Known, ...records: Translated[]): Step {
  const isWhole = event.reader.problems.length === 0;
  return [state, isWhole ? records : [...records, rejection(event)]];
}

/** The event gave nothing that can be recorded. */
export function refused(state: State, event: Known): Step {
  return [state, [rejection(event)]];
}

/** The event changes the state alone. */
export function noted(state: State, event: Known): Step {
  return recorded(state, event);
}

function rejection({ type, reader }: Known): Rejected {
  return { kind: "rejected", reason: `${type}: unexpected ${reader.problems.join(", ")}` };
}
