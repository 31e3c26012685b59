import { isEarlierId, type Stamp } from "./stamp.ts";

/** What `message.updated` told of a message. Times are epoch ms, `cost` USD. */
export interface MessageInfo {
  readonly role: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly agent: string | null;
  readonly parentId: string | null;
  readonly finishReason: string | null;
  readonly error: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly cost: number | null;
  readonly createdAt: number | null;
  readonly completedAt: number | null;
}

/** A text part in full; `text` is empty for one that was removed, is synthetic or has just begun. */
export interface TextPart {
  readonly id: string;
  readonly text: string;
  readonly stamp: Stamp;
  /** When the part was begun, by its id; the event's stamp where the id tells nothing. */
  readonly begun: Stamp;
}

/** A message as known so far. */
export interface MessageState {
  readonly id: string;
  readonly sessionId: string;
  /** The latest observation of anything in it. */
  readonly stamp: Stamp;
  readonly info: { readonly value: MessageInfo; readonly stamp: Stamp } | null;
  readonly parts: readonly TextPart[];
  /** The latest time that its text parts told, epoch ms. */
  readonly partsAt: number | null;
  readonly removedAt: number | null;
}

/** A session whose own status later events must respect. */
export type SessionMark = "archived" | "deleted";

/** What `translate` remembers between events. Bounded: MAX_MESSAGES, MAX_CHARS, MAX_MARKS. */
export interface State {
  /** Numbers the events whose id holds no clock. */
  readonly seq: number;
  /** The least recently told first. */
  readonly messages: ReadonlyMap<string, MessageState>;
  readonly marks: ReadonlyMap<string, SessionMark>;
}

/** Before the first event. */
export const initialState: State = { seq: 0, messages: new Map(), marks: new Map() };

/** Most messages remembered. */
export const MAX_MESSAGES = 256;
/** Most text remembered over all messages, UTF-16 units; the latest message stays in any case. */
export const MAX_CHARS = 16_000_000;
/** Most sessions remembered as archived or deleted. */
const MAX_MARKS = 256;

/** Null where it was never told, or is forgotten. */
export function findMessage(state: State, sessionId: string, id: string): MessageState | null {
  return state.messages.get(keyOf(sessionId, id)) ?? null;
}

/** The state with this message as the latest; the oldest ones are forgotten where it is too much. */
export function withMessage(state: State, message: MessageState): State {
  const key = keyOf(message.sessionId, message.id);
  const messages = new Map(state.messages);
  messages.delete(key);
  messages.set(key, message);
  let chars = 0;
  for (const kept of messages.values()) chars += charsOf(kept);
  for (const [oldest, forgotten] of messages) {
    if (oldest === key || (messages.size <= MAX_MESSAGES && chars <= MAX_CHARS)) break;
    messages.delete(oldest);
    chars -= charsOf(forgotten);
  }
  return { ...state, messages };
}

/** The state with this message forgotten. */
export function withoutMessage(state: State, sessionId: string, id: string): State {
  const messages = new Map(state.messages);
  messages.delete(keyOf(sessionId, id));
  return { ...state, messages };
}

/** The state with the session marked, or with its mark taken away. */
export function withMark(state: State, sessionId: string, mark: SessionMark | null): State {
  if ((state.marks.get(sessionId) ?? null) === mark) return state;
  const marks = new Map(state.marks);
  marks.delete(sessionId);
  if (mark) marks.set(sessionId, mark);
  for (const oldest of marks.keys()) {
    if (marks.size <= MAX_MARKS) break;
    marks.delete(oldest);
  }
  return { ...state, marks };
}

/** The parts with this one in its place: known parts keep theirs, a new one goes by its id's clock. */
export function placePart(parts: readonly TextPart[], part: TextPart): readonly TextPart[] {
  const known = parts.findIndex(({ id }) => id === part.id);
  if (known >= 0) return parts.with(known, part);
  let place = parts.length;
  while (place > 0 && isEarlierId(part.id, parts[place - 1]?.id ?? "")) place--;
  return parts.toSpliced(place, 0, part);
}

function keyOf(sessionId: string, id: string): string {
  return `${sessionId}\n${id}`;
}

function charsOf(message: MessageState): number {
  return message.parts.reduce((sum, part) => sum + part.text.length, 0);
}
