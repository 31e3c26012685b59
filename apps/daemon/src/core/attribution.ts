import { type Message, type Session, Source } from "@duolog/contract";

/** What a source can be told from, where nobody declared it. */
export type SessionEvidence = Pick<Session, "id" | "provider" | "model" | "title">;
export type MessageEvidence = Pick<Message, "id" | "sessionId" | "provider" | "model">;

/** A source and the rule that gave it, or why none could. */
export type Inference = { source: Source; rule: string } | { source: null; reason: string };

interface AttributionRule<Evidence> {
  name: string;
  /** Where the evidence speaks for it; null where it says nothing. */
  test(evidence: Evidence): Source | null;
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

const when = (holds: boolean, source: Source) => (holds ? source : null);

/** The shape of an id is the agent's own doing and settles the matter. */
const idRules: AttributionRule<string>[] = [
  { name: "opencode-session-id", test: (id) => when(id.startsWith("ses_"), Source.opencode) },
  { name: "claude-session-uuid", test: (id) => when(UUID.test(id), Source.claude_code) },
];

/** Hints: Claude Code talks to Anthropic's models only, OpenCode to any, Anthropic's among them. */
const hints: AttributionRule<Omit<SessionEvidence, "id">>[] = [
  {
    name: "provider-not-anthropic",
    test: ({ provider }) => when(!!provider && !/anthropic/i.test(provider), Source.opencode),
  },
  {
    name: "model-not-claude",
    test: ({ model }) =>
      when(!!model && !/claude|opus|sonnet|haiku|<synthetic>/i.test(model), Source.opencode),
  },
  {
    name: "opencode-title",
    test: ({ title }) =>
      when(/^(new|child) session - \d{4}-\d\d-\d\dT/i.test(title ?? ""), Source.opencode),
  },
];

const claudeMessageId = (id: string, sessionId: string) =>
  /^-(user|assistant)-\d+$/.test(id.slice(sessionId.length)) && id.startsWith(sessionId);

/** The source of a session whose row has none. */
export function inferSessionSource(session: SessionEvidence): Inference {
  return decide(session.id, idRules) ?? decide(session, hints) ?? nothing();
}

/** The source of a message whose row has none; its session's source, where known, settles it. */
export function inferMessageSource(
  message: MessageEvidence,
  sessionSource: Source | null,
): Inference {
  if (sessionSource) return { source: sessionSource, rule: "session" };
  if (claudeMessageId(message.id, message.sessionId)) {
    return { source: Source.claude_code, rule: "claude-message-id" };
  }
  return (
    decide(message.sessionId, idRules) ?? decide({ ...message, title: null }, hints) ?? nothing()
  );
}

function nothing(): Inference {
  return { source: null, reason: "no rule applies" };
}

/** The first rule that speaks; rules of one list never contradict each other. */
function decide<Evidence>(
  evidence: Evidence,
  rules: AttributionRule<Evidence>[],
): Inference | null {
  for (const { name, test } of rules) {
    const source = test(evidence);
    if (source) return { source, rule: name };
  }
  return null;
}
