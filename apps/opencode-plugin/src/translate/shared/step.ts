import type { Kind, UpsertOf } from "@duolog/contract";
import type { Reader } from "./read.ts";
import type { Stamp } from "./stamp.ts";

/** One thing to record, every field named. */
export type Translated = { [K in Kind]: { kind: K; data: Required<UpsertOf<K>> } }[Kind];

/** An event of a known type in a shape that is not known, in whole or in part. */
export interface Rejected {
  kind: "rejected";
  reason: string;
}

/** What an event gave. */
export type Result = Translated | Rejected;

/** The state after an event, and what the event gave. */
export type StepOf<State> = [State, Result[]];

/** An event whose type is known, less what it carries. */
export interface Heard {
  readonly type: string;
  /** Its own id; null where it has none that can be kept. */
  readonly id: string | null;
  readonly stamp: Stamp;
  /** When the plugin got it, epoch ms. */
  readonly at: number;
  readonly reader: Reader;
}

/** The event gave these records; fields that could not be read are told beside them. */
export function recorded<State>(
  state: State,
  event: Heard,
  ...records: Translated[]
): StepOf<State> {
  const isWhole = event.reader.problems.length === 0;
  return [state, isWhole ? records : [...records, rejection(event)]];
}

/** The event gave nothing that can be recorded. */
export function refused<State>(state: State, event: Heard): StepOf<State> {
  return [state, [rejection(event)]];
}

/** The event changes the state alone. */
export function noted<State>(state: State, event: Heard): StepOf<State> {
  return recorded(state, event);
}

function rejection({ type, reader }: Heard): Rejected {
  return { kind: "rejected", reason: `${type}: unexpected ${reader.problems.join(", ")}` };
}
