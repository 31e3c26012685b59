import type { BigIntStats } from "node:fs";

/** A transcript, a session's own or a sub-agent's. */
export interface TranscriptFile {
  readonly path: string;
  /** The sub-agent's id; null of the session's own. */
  readonly agentId: string | null;
  readonly stats: BigIntStats;
  /** Of the `.meta.json` beside a sub-agent's; null where there is none. */
  readonly meta: BigIntStats | null;
}

/** All transcripts of one session, wherever they lie. */
export interface SessionFiles {
  readonly sessionId: string;
  /** Several where the session went on in another directory. */
  readonly own: readonly TranscriptFile[];
  readonly agents: readonly TranscriptFile[];
}

/** Gathers transcripts by session. */
export class Gathered {
  readonly #sessions = new Map<string, { own: TranscriptFile[]; agents: TranscriptFile[] }>();

  add(sessionId: string, file: TranscriptFile): void {
    const known = this.#sessions.get(sessionId) ?? { own: [], agents: [] };
    this.#sessions.set(sessionId, known);
    (file.agentId === null ? known.own : known.agents).push(file);
  }

  /** By id. */
  sessions(): SessionFiles[] {
    const ids = [...this.#sessions].sort(([a], [b]) => (a < b ? -1 : 1));
    return ids.map(([sessionId, files]) => ({ sessionId, ...files }));
  }
}
