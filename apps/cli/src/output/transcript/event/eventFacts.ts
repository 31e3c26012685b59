import { type Json, textOf } from "../json.ts";

/** What the `data` of each kind of event tells; of the other kinds the text is all. */
const FACTS: Partial<Record<string, (data: Json) => (string | null)[]>> = {
  compaction: ({ what, trigger, tokensBefore, tokensAfter, tokensSaved }) => [
    textOf(what),
    textOf(trigger),
    after(change(tokensBefore, tokensAfter), " tokens"),
    before("saved ", tokensSaved),
  ],
  error: ({ status }) => [before("status ", status)],
  retry: ({ attempt, maxAttempts, status }) => [
    before("attempt ", textOf(attempt) && `${textOf(attempt)}${before(" of ", maxAttempts) ?? ""}`),
    before("status ", status),
  ],
  permission: ({ mode, from, permission, patterns, decision }) => [
    change(from, mode),
    textOf(permission),
    Array.isArray(patterns) ? textOf(patterns.join(", ")) : null,
    textOf(decision),
  ],
  model: ({ from, to, model, trigger }) => [change(from, to ?? model), textOf(trigger)],
  rename: ({ by }) => [before("by the ", by)],
  revert: ({ boundary, to, undone, committed }) => [
    before("to before ", boundary ?? to),
    undone === true ? "undone" : null,
    boundary !== undefined || committed === true ? "for good" : null,
  ],
  fork: ({ from }) => [before("of ", from)],
  cwd: ({ from, to }) => [change(from, to)],
  injected: ({ what, status }) => [textOf(what), textOf(status)],
};

/** What an event of this kind tells besides its text. */
export function eventFacts(kind: string, data: Json): string[] {
  const facts = Object.hasOwn(FACTS, kind) ? FACTS[kind]?.(data) : [];
  return (facts ?? []).filter((fact) => fact !== null);
}

/** `from → to`, or what of the two is known. */
function change(from: unknown, to: unknown): string | null {
  return [textOf(from), textOf(to)].filter((side) => side !== null).join(" → ") || null;
}

function before(word: string, value: unknown): string | null {
  const text = textOf(value);
  return text && word + text;
}

function after(text: string | null, word: string): string | null {
  return text && text + word;
}
