import type { Kind } from "@duolog/contract";
import type { Touched } from "../storage/record/inference.ts";

/** What M8 goes by, of a row of any kind. */
interface Row {
  id: string;
  sessionId?: string;
  agentId?: string | null;
  endedAt?: number | null;
  kind?: string | null;
}

/** A row that a batch changed; `before` is null where it is new. */
export interface Change {
  kind: Kind;
  before: Row | null;
  after: Row;
}

/** What the changes may have changed for other rows of their sessions (M8). */
export function touchedBy(changes: Change[]): Touched[] {
  const touched = new Map<string, Touched>();
  for (const change of changes) {
    const session = change.after.sessionId ?? change.after.id;
    const known = touched.get(session) ?? { session, agents: new Set(), end: false, revert: false };
    touched.set(session, known);
    note(known, change);
  }
  return [...touched.values()];
}

function note(touched: Touched, { kind, before, after }: Change): void {
  switch (kind) {
    case "session":
      touched.end ||= (before?.endedAt ?? null) !== (after.endedAt ?? null);
      break;
    case "message":
    case "toolCall":
      for (const row of [before, after]) if (row) touched.agents.add(row.agentId ?? null);
      break;
    case "event":
      touched.revert ||= before?.kind === "revert";
      break;
  }
}
