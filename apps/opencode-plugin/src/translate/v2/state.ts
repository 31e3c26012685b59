import type { ToolKind } from "../shared/kind.ts";
import { compareStamps, type Stamp } from "../shared/stamp.ts";
import type { Usage } from "./read.ts";

/** What was put into a session's inbox and is not delivered yet. */
export interface Pending {
  /** `user`, `synthetic`, or what becomes no row. */
  readonly type: string;
  readonly text: string | null;
  /** JSON. */
  readonly attachments: string | null;
  readonly description: string | null;
}

/** How a tool call begins, as far as it was told. */
export interface CallBegin {
  readonly name: string | null;
  readonly kind: ToolKind | null;
  /** When the model began to write its input, epoch ms. */
  readonly createdAt: number | null;
  readonly childSessionId: string | null;
  readonly isCalled: boolean;
  readonly hasEnded: boolean;
}

/** A piece of an answer. */
export interface Part {
  readonly type: "text" | "reasoning" | "tool";
  /** Its ordinal among those of its type, or the call's id. */
  readonly name: string;
  /** Its text; a call's input as JSON, or as far as the model wrote it. */
  readonly text: string;
  readonly call: CallBegin | null;
  /** It belongs to an attempt that was given up. */
  readonly isDropped: boolean;
}

/** How a step ended. Times are epoch ms. */
export interface StepEnd extends Usage {
  readonly completedAt: number;
  readonly finishReason: string | null;
  readonly error: string | null;
}

/** An answer (a step) as known so far. */
export interface Answer {
  readonly id: string;
  readonly sessionId: string;
  /** When its latest attempt began; null where this process was not told. */
  readonly attempt: Stamp | null;
  readonly createdAt: number | null;
  readonly agent: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  /** In the order in which they were begun, those of given-up attempts too. */
  readonly parts: readonly Part[];
  readonly end: StepEnd | null;
  /** It failed and may be tried again: how it ended where it is not. */
  readonly failure: StepEnd | null;
  /** The latest observation of anything in it but its tools. */
  readonly stamp: Stamp;
}

/** A value, and when it was told: what is told again later tells nothing of what came since. */
export interface Told<T> {
  readonly value: T;
  readonly stamp: Stamp;
}

/** The compaction under way, or the last one of the execution. */
export interface Compaction {
  /** Id of its event's row. */
  readonly id: string;
  readonly createdAt: number;
  /** Id of the event that told its end. */
  readonly endedBy: string | null;
}

/** A session as its events told of it. */
export interface SessionState2 {
  readonly isDeleted: boolean;
  /** When the execution under way began; null where none is, or it was not told. */
  readonly activeSince: Stamp | null;
  readonly title: Told<string> | null;
  readonly directory: Told<string> | null;
  /** The answer of this execution begun last. */
  readonly answer: Told<string> | null;
  readonly compaction: Compaction | null;
  /** The message of the last staged revert. */
  readonly revert: Told<string> | null;
}

/** What `translate2` remembers between events. Bounded: MAX_ANSWERS, MAX_CHARS, MAX_SESSIONS. */
export interface State2 {
  /** Numbers the events whose id holds no clock. */
  readonly seq: number;
  /** Each with the least recently told first. */
  readonly sessions: ReadonlyMap<string, SessionState2>;
  readonly answers: ReadonlyMap<string, Answer>;
  readonly pending: ReadonlyMap<string, Pending>;
  /** A person's shell commands under way: id and time of the event that began them. */
  readonly shells: ReadonlyMap<string, { readonly id: string; readonly createdAt: number }>;
}

/** Before the first event. */
export const initialState2: State2 = {
  seq: 0,
  sessions: new Map(),
  answers: new Map(),
  pending: new Map(),
  shells: new Map(),
};

/** Most answers remembered; those that ended are forgotten with their execution. */
export const MAX_ANSWERS = 256;
/** Most prompts, and most shell commands, remembered. */
export const MAX_PENDING = 256;
/** Most text remembered of all answers, and of all prompts, UTF-16 units; the latest stays in any case. */
export const MAX_CHARS = 16_000_000;
/** Most sessions remembered. */
export const MAX_SESSIONS = 1_024;
/** What a part takes beside its text, in UTF-16 units. */
const PART_CHARS = 100;

const UNKNOWN: SessionState2 = {
  isDeleted: false,
  activeSince: null,
  title: null,
  directory: null,
  answer: null,
  compaction: null,
  revert: null,
};

/** What was told before the event; null where nothing was, or only later. */
export function toldBefore<T>(known: Told<T> | null, stamp: Stamp): T | null {
  return known && compareStamps(known.stamp, stamp) < 0 ? known.value : null;
}

/** The later told of the two. */
export function laterTold<T>(known: Told<T> | null, told: Told<T>): Told<T> {
  return known && compareStamps(known.stamp, told.stamp) > 0 ? known : told;
}

/** A session as known so far. */
export function sessionOf(state: State2, id: string): SessionState2 {
  return state.sessions.get(id) ?? UNKNOWN;
}

/** The state with these facts of the session, which is then the latest. */
export function withSession(state: State2, id: string, facts: Partial<SessionState2>): State2 {
  const session = { ...sessionOf(state, id), ...facts };
  return { ...state, sessions: kept(state.sessions, id, session, MAX_SESSIONS) };
}

/** Null where it was never told, or is forgotten. */
export function answerOf(state: State2, sessionId: string, id: string): Answer | null {
  return state.answers.get(keyOf(sessionId, id)) ?? null;
}

/** The session's answers, the least recently told first. */
export function answersOf(state: State2, sessionId: string): Answer[] {
  return [...state.answers.values()].filter((answer) => answer.sessionId === sessionId);
}

export function withAnswer(state: State2, answer: Answer): State2 {
  const key = keyOf(answer.sessionId, answer.id);
  return { ...state, answers: kept(state.answers, key, answer, MAX_ANSWERS, charsOf) };
}

/** The state with those of the session's answers forgotten. */
export function withoutAnswers(
  state: State2,
  sessionId: string,
  isOver: (answer: Answer) => boolean,
): State2 {
  const left = [...state.answers].filter(
    ([, answer]) => answer.sessionId !== sessionId || !isOver(answer),
  );
  return { ...state, answers: new Map(left) };
}

export function withPending(state: State2, sessionId: string, id: string, item: Pending): State2 {
  const chars = ({ text }: Pending) => PART_CHARS + (text?.length ?? 0);
  return {
    ...state,
    pending: kept(state.pending, keyOf(sessionId, id), item, MAX_PENDING, chars),
  };
}

/** What waits under this id, and the state in which it does no more. */
export function takePending(
  state: State2,
  sessionId: string,
  id: string,
): [State2, Pending | undefined] {
  const pending = new Map(state.pending);
  const item = pending.get(keyOf(sessionId, id));
  pending.delete(keyOf(sessionId, id));
  return [{ ...state, pending }, item];
}

export function withShell(
  state: State2,
  sessionId: string,
  id: string,
  begun: { id: string; createdAt: number },
): State2 {
  return { ...state, shells: kept(state.shells, keyOf(sessionId, id), begun, MAX_PENDING) };
}

export function shellOf(state: State2, sessionId: string, id: string) {
  return state.shells.get(keyOf(sessionId, id)) ?? null;
}

/** The state without anything of the session but that it is gone. */
export function withoutSession(state: State2, sessionId: string): State2 {
  const left = <T>(map: ReadonlyMap<string, T>) =>
    new Map([...map].filter(([key]) => !key.startsWith(keyOf(sessionId, ""))));
  const { answers, pending, shells } = state;
  const rest = {
    ...state,
    answers: left(answers),
    pending: left(pending),
    shells: left(shells),
  };
  return withSession(rest, sessionId, { ...UNKNOWN, isDeleted: true });
}

/** The map with this value as the latest; the oldest are left out where it is too much. */
function kept<T>(
  map: ReadonlyMap<string, T>,
  key: string,
  value: T,
  max: number,
  charsIn: (value: T) => number = () => 0,
): ReadonlyMap<string, T> {
  const next = new Map(map);
  next.delete(key);
  next.set(key, value);
  let chars = 0;
  for (const each of next.values()) chars += charsIn(each);
  for (const [oldest, forgotten] of next) {
    if (oldest === key || (next.size <= max && chars <= MAX_CHARS)) break;
    next.delete(oldest);
    chars -= charsIn(forgotten);
  }
  return next;
}

function keyOf(sessionId: string, id: string): string {
  return `${sessionId}\n${id}`;
}

function charsOf({ parts }: Answer): number {
  return parts.reduce((sum, part) => sum + PART_CHARS + part.text.length, 0);
}
