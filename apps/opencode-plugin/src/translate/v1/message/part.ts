import type { Part } from "@opencode-ai/sdk/v2";
import type { Loose } from "../../shared/read.ts";
import { callRecord } from "../../shared/rows/toolCall.ts";
import { compareStamps, laterStamp, stampOfId } from "../../shared/stamp.ts";
import type { Translated } from "../../shared/step.ts";
import { type MessageState, type PartState, placePart, type State } from "../state.ts";
import type { Known, Step } from "../step.ts";

type PartField<T = Part> = T extends unknown ? keyof T : never;
/** A part as it comes, with every field that some kind of part has. */
export type LoosePart = Loose<Record<PartField, unknown>>;

/** A part that an event tells of, and its message as known before. */
export interface PartRef {
  readonly id: string;
  readonly messageId: string;
  readonly sessionId: string;
  readonly type: string;
  readonly part: LoosePart;
  readonly message: MessageState;
}

/** What an event about one kind of part does. */
export type PartHandler = (state: State, event: Known, ref: PartRef) => Step;

/** A message with the part in its place. */
export interface Placed {
  readonly message: MessageState;
  /** True where the message's own record differs. */
  readonly isChanged: boolean;
  /** New positions of calls told before, where the part came in front of them. */
  readonly moved: Translated[];
}

/** The parts whose content is in the message's own record. */
export const CONTENT = ["text", "reasoning", "file"];

/** Puts the part in its place; null where a later state of it is known. */
export function place(
  event: Known,
  { id, message, type }: Pick<PartRef, "id" | "message" | "type">,
  { text = "", call = null }: Partial<Pick<PartState, "text" | "call">>,
): Placed | null {
  const { stamp, at } = event;
  const known = message.parts.find((part) => part.id === id);
  if (known && compareStamps(stamp, known.stamp) < 0) return null;
  const begun = known?.begun ?? stampOfId(id, at) ?? stamp;
  const parts = placePart(message.parts, { id, type, text, call, stamp, begun });
  const next = { ...message, parts };
  const isChanged = CONTENT.includes(type) && Boolean(text || known?.text);
  return { message: next, isChanged, moved: known ? [] : movedBy(id, next, event) };
}

/**
 * A part's place among all of its message, from 0. Null where the first one known is no step's
 * beginning, as every answer's is: this process may not have been told of those before it.
 */
export function positionOf({ parts }: MessageState, id: string): number | null {
  return parts[0]?.type === "step-start" ? parts.findIndex((part) => part.id === id) : null;
}

function movedBy(id: string, message: MessageState, { stamp }: Known): Translated[] {
  const { sessionId, parts } = message;
  const behind = parts.slice(parts.findIndex((part) => part.id === id) + 1);
  return behind.flatMap((part) => {
    const position = positionOf(message, part.id);
    if (part.call === null || position === null) return [];
    return [callRecord({ id: part.call, sessionId, position }, laterStamp(part.stamp, stamp))];
  });
}
