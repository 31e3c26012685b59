import type { MessageUpsert, SessionUpsert } from "@duolog/contract";

/**
 * How two present values of one field become one (lode/data-model/schemas.md has the rules in full).
 * An absent, null or empty value never takes part (M3).
 *
 * - `identity`: names the row, never changes (M1)
 * - `once`: set once; another value is refused with CONFLICT (M1)
 * - `attribution`: as `once`, but an inferred value gives way to a declared one (M1)
 * - `first`: the first value to arrive stays (M2)
 * - `larger`: the larger one (M4, M5)
 * - `title`: the better rank, then the one observed later (M4); `titleKind` follows its title
 * - `latest`: the one observed later (M4)
 * - `observation`: when that was; the latest one (M5)
 */
export type Rule =
  | "identity"
  | "once"
  | "attribution"
  | "first"
  | "larger"
  | "title"
  | "latest"
  | "observation";

/** The rule of each field of a session; a field without one is a compile error. */
export const sessionRules = {
  id: "identity",
  source: "attribution",
  title: "title",
  titleKind: "title",
  projectPath: "latest",
  projectName: "latest",
  gitBranch: "latest",
  model: "latest",
  provider: "latest",
  agentVersion: "latest",
  parentId: "latest",
  status: "latest",
  error: "latest",
  promptTokens: "larger",
  completionTokens: "larger",
  reasoningTokens: "larger",
  cacheReadTokens: "larger",
  cacheWriteTokens: "larger",
  cost: "larger",
  createdAt: "first",
  updatedAt: "larger",
  endedAt: "larger",
  observedAt: "observation",
  observedSeq: "observation",
} as const satisfies Record<keyof SessionUpsert, Rule>;

/** The rule of each field of a message; a field without one is a compile error. */
export const messageRules = {
  id: "identity",
  sessionId: "identity",
  source: "attribution",
  role: "once",
  textContent: "latest",
  model: "latest",
  provider: "latest",
  agent: "latest",
  agentId: "latest",
  parentId: "latest",
  finishReason: "latest",
  error: "latest",
  promptTokens: "larger",
  completionTokens: "larger",
  reasoningTokens: "larger",
  cacheReadTokens: "larger",
  cacheWriteTokens: "larger",
  cost: "larger",
  durationMs: "latest",
  createdAt: "first",
  completedAt: "latest",
  updatedAt: "larger",
  removedAt: "latest",
  observedAt: "observation",
  observedSeq: "observation",
} as const satisfies Record<keyof MessageUpsert, Rule>;
