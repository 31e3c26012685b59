import type { Json } from "../json.ts";
import type { EventKind } from "../rows/event.ts";

/** An event that a line tells, without what its place in the file tells. */
export interface LineEvent {
  readonly kind: EventKind;
  /** Null: the line's own uuid. */
  readonly id: string | null;
  readonly messageId: string | null;
  readonly toolCallId: string | null;
  readonly text: string | null;
  /** What else is told; null where a fact is not. */
  readonly data: Json;
}

/** The event with what is told of it; the rest is null. */
export function lineEvent(kind: EventKind, told: Partial<Omit<LineEvent, "kind">>): LineEvent {
  return { kind, id: null, messageId: null, toolCallId: null, text: null, data: {}, ...told };
}
