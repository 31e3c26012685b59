import { isEarlierId, type Stamp } from "../shared/stamp.ts";

/** What `message.updated` told of a message. Times are epoch ms, `cost` USD. */
export interface MessageInfo {
  readonly role: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly agent: string | null;
  readonly parentId: string | null;
  readonly finishReason: string | null;
  readonly error: string | null;
  /** The error says that a person ended the answer. */
  readonly isAborted: boolean;
  /** An answer that sums the conversation up. */
  readonly isSummary: boolean;
  /** Where it was said; relative paths of its tool calls start there. */
  readonly directory: string | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly cost: number | null;
  readonly createdAt: number | null;
  readonly completedAt: number | null;
}

/** A part of a message as last told in full. */
export interface PartState {
  readonly id: string;
  readonly type: string;
  /**
   * Of a text or reasoning part its text, of a file the attachment's JSON, of a tool that runs what
   * was told of its call. Empty for one that was removed, is synthetic or has just begun.
   */
  readonly text: string;
  /** Id of the tool call's record, once it was told. */
  readonly call: string | null;
  readonly stamp: Stamp;
  /** When the part was begun, by its id; the event's stamp where the id tells nothing. */
  readonly begun: Stamp;
}

/** A message as known so far. */
export interface MessageState {
  readonly id: string;
  readonly sessionId: string;
  /** The latest observation of anything in it but its tools. */
  readonly stamp: Stamp;
  readonly info: { readonly value: MessageInfo; readonly stamp: Stamp } | null;
  readonly parts: readonly PartState[];
  /** The latest time that its text, reasoning and file parts told, epoch ms. */
  readonly partsAt: number | null;
  readonly removedAt: number | null;
}

/** A place in the conversation back to which a person went, until it is undone or done for good. */
export interface Revert {
  readonly messageId: string;
  /** The first part of that message that goes; null where the whole message does. */
  readonly partId: string | null;
}

/** A session as its last `session.created` or `session.updated` told of it. */
export interface SessionState {
  /** When that was; null where only `session.deleted` told of it. */
  readonly stamp: Stamp | null;
  /** A status that later events must respect. */
  readonly mark: "archived" | "deleted" | null;
  readonly title: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly revert: Revert | null;
  /** True once messages or parts were removed while `revert` stood. */
  readonly isCut: boolean;
}

/** What `translate` remembers between events. Bounded: MAX_MESSAGES, MAX_CHARS, MAX_SESSIONS. */
export interface State {
  /** Numbers the events whose id holds no clock. */
  readonly seq: number;
  /** The least recently told first. */
  readonly messages: ReadonlyMap<string, MessageState>;
  /** The least recently told first. */
  readonly sessions: ReadonlyMap<string, SessionState>;
}

/** Before the first event. */
export const initialState: State = { seq: 0, messages: new Map(), sessions: new Map() };

/** Most messages remembered. */
export const MAX_MESSAGES = 256;
/** Most text remembered over all messages, UTF-16 units; the latest message stays in any case. */
export const MAX_CHARS = 16_000_000;
/** Most sessions remembered. */
export const MAX_SESSIONS = 256;
/** What a part takes beside its text, in UTF-16 units. */
const PART_CHARS = 100;

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

/** The state with this session as the latest; the oldest is forgotten where there are too many. */
export function withSession(state: State, id: string, session: SessionState): State {
  const sessions = new Map(state.sessions);
  sessions.delete(id);
  sessions.set(id, session);
  for (const oldest of sessions.keys()) {
    if (sessions.size <= MAX_SESSIONS) break;
    sessions.delete(oldest);
  }
  return { ...state, sessions };
}

/** The state after something of the session was removed: a revert that stood is done for good. */
export function withCut(state: State, sessionId: string): State {
  const session = state.sessions.get(sessionId);
  if (!session?.revert || session.isCut) return state;
  return withSession(state, sessionId, { ...session, isCut: true });
}

/** The parts with this one in its place: known parts keep theirs, a new one goes by its id's clock. */
export function placePart(parts: readonly PartState[], part: PartState): readonly PartState[] {
  const known = parts.findIndex(({ id }) => id === part.id);
  if (known >= 0) return parts.with(known, part);
  let place = parts.length;
  while (place > 0 && isEarlierId(part.id, parts[place - 1]?.id ?? "")) place--;
  return parts.toSpliced(place, 0, part);
}

function keyOf(sessionId: string, id: string): string {
  return `${sessionId}\n${id}`;
}

function charsOf({ parts }: MessageState): number {
  return parts.reduce((sum, part) => sum + PART_CHARS + part.text.length, 0);
}
