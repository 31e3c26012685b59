import type { MessageUpsert } from "@duolog/contract";

export const T0 = 1_769_760_000_000;
/** Messages of a session, about what a long one has. */
export const PER_SESSION = 200;

/** A text of 2,048 bytes with what JSON must escape, different for each `n`. */
function textOf(n: number): string {
  const line = `${n} "the quick brown fox" said:\n\tconst answer = await ask(question);\n`;
  return line.repeat(Math.ceil(2_048 / line.length)).slice(0, 2_048);
}

/** The session of a sender's n-th message and tool call. */
export function sessionOf(sender: string, n: number): string {
  return `ses_${sender}_${Math.floor(n / PER_SESSION)}`;
}

/** The n-th assistant message of a sender, with all that an agent tells of one. */
export function messageOf(sender: string, n: number): MessageUpsert {
  const at = T0 + n * 1_000;
  return {
    id: `msg_${sender}_${n}`,
    sessionId: sessionOf(sender, n),
    source: "opencode",
    role: "assistant",
    textContent: textOf(n),
    model: "claude-opus-5-5",
    provider: "anthropic",
    agent: "build",
    parentId: `msg_${sender}_${n - 1}`,
    finishReason: "stop",
    promptTokens: 37 + n,
    completionTokens: 500 + n,
    reasoningTokens: 7,
    cacheReadTokens: 15_000,
    cacheWriteTokens: 1_200,
    cost: 0.0123,
    durationMs: 900,
    createdAt: at,
    completedAt: at + 900,
    updatedAt: at + 900,
    observedAt: at + 900,
    observedSeq: n,
  };
}
