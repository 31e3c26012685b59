import { type CallRow, type EventRow, happened } from "../opencodeCallRows.ts";
import type { Rows } from "../opencodeRows.ts";

/** The rows that a recording of version 2 must give. */
export interface AllRows extends Rows {
  toolCalls: CallRow[];
  events: EventRow[];
}

type Session = Rows["sessions"][number];
type Message = Rows["messages"][number];

/** All recordings are of the same minutes: what their times begin with, epoch ms. */
export const T = 1_791_600_000_000;

/** The order in which OpenCode's own `tokens` names them, cache last. */
export function tokens(input: number, output: number, reasoning: number, read: number) {
  return {
    promptTokens: input,
    completionTokens: output,
    reasoningTokens: reasoning,
    cacheReadTokens: read,
    cacheWriteTokens: 0,
    cacheWrite1hTokens: null,
  };
}

const NOTHING = {
  promptTokens: null,
  completionTokens: null,
  reasoningTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  cacheWrite1hTokens: null,
  cost: null,
};

/** What nearly all answers took. */
const USUAL = { ...tokens(60, 9, 0, 40), cost: 0.000082 };

/** A session with no title and no totals yet, in the directory of them all. */
export function session(own: Partial<Session> & Pick<Session, "id" | "updatedAt">): Session {
  return {
    source: "opencode",
    sourceInferred: false,
    title: null,
    titleKind: null,
    projectPath: "/home/dev/proj",
    projectName: "proj",
    projectId: "8c7be089f453473f677616cd2481db433813236e",
    gitBranch: null,
    model: "fake-1",
    provider: "fake",
    agentVersion: "2.0.26",
    parentId: null,
    forkedFromId: null,
    status: "idle",
    error: null,
    ...NOTHING,
    linesAdded: null,
    linesRemoved: null,
    createdAt: null,
    endedAt: null,
    ...own,
  };
}

/** What is nothing of a message unless it is named. */
const MESSAGE = {
  source: "opencode",
  sourceInferred: false,
  textContent: null,
  reasoningText: null,
  reasoningHash: null,
  reasoningBytes: null,
  attachments: null,
  model: null,
  provider: null,
  agent: null,
  agentId: null,
  isSidechain: null,
  parentId: null,
  requestId: null,
  copiedFromId: null,
  finishReason: null,
  error: null,
  ...NOTHING,
  durationMs: null,
  completedAt: null,
  removedAt: null,
  removedInferred: false,
} as const;

/** A prompt, delivered at `at`. */
export function prompt(sessionId: string, id: string, textContent: string, at: number): Message {
  return {
    ...MESSAGE,
    id,
    sessionId,
    role: "user",
    textContent,
    createdAt: at,
    updatedAt: at,
  };
}

/** A whole answer of the usual size, from its first step's `started` to its end. */
export function answer(
  sessionId: string,
  id: string,
  textContent: string | null,
  [createdAt, completedAt]: [started: number, ended: number],
  own: Partial<Message> = {},
): Message {
  return {
    ...MESSAGE,
    id,
    sessionId,
    role: "assistant",
    textContent,
    model: "fake-1",
    provider: "fake",
    agent: "build",
    finishReason: "stop",
    ...USUAL,
    createdAt,
    completedAt,
    durationMs: completedAt - createdAt,
    updatedAt: completedAt,
    ...own,
  };
}

/** What is not known of an answer that took nothing, or of which nothing more was told. */
export const UNTOLD = NOTHING;

/** An event at `at`, whose data is an object. */
export function event(
  own: Pick<EventRow, "id" | "sessionId" | "kind"> & Partial<EventRow>,
  at: number,
  data?: object,
): EventRow {
  return happened({ ...own, createdAt: at, ...(data ? { data: JSON.stringify(data) } : {}) });
}
