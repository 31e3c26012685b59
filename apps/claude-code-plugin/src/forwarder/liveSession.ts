import type { IngestRecord } from "@duolog/contract";
import { findAgentFiles, type SessionFile, statOf } from "../reader/places.ts";
import { type Found, readPortions } from "../reader/readPortions.ts";
import { isOutdated, TranscriptReader } from "../reader/transcriptReader.ts";
import { sessionEnd } from "../translate/hook.ts";
import type { Stop } from "../translate/state/stops.ts";
import type { TranscriptOwner } from "../translate/transcript.ts";
import type { SessionPositions } from "./positions.ts";

/** One session's transcripts, its own and its sub-agents', each read on from where it was left. */
export class LiveSession {
  readonly file: SessionFile;
  readonly #saved: SessionPositions | null;
  readonly #main: TranscriptReader;
  readonly #agents = new Map<string, TranscriptReader>();

  constructor(file: SessionFile, saved: SessionPositions | null) {
    const owner = { sessionId: file.sessionId, agentId: null, agentType: null };
    this.file = file;
    this.#saved = saved;
    this.ended = saved?.ended ?? false;
    this.endedAt = saved?.endedAt ?? null;
    this.#main = new TranscriptReader(file.path, owner, saved?.files[file.path]);
  }

  /** A SessionEnd hook said so, and no other hook since. */
  ended: boolean;

  /** When the last SessionEnd hook ran, epoch ms. */
  endedAt: number | null;

  /** True once the session has a row. */
  get isRecorded(): boolean {
    return this.#main.hasSession;
  }

  /**
   * What the last SessionEnd hook says. Of a session that was left before its first prompt nothing: it
   * has no row, and gets none for its end.
   */
  end(): IngestRecord[] {
    if (this.endedAt === null || !this.isRecorded) return [];
    return [sessionEnd(this.file.sessionId, this.endedAt)];
  }

  /** A Stop or SubagentStop hook's note (M6). */
  stop(agentId: string | null, stop: Stop): void {
    const reader = agentId === null ? this.#main : this.#readerOfAgent(agentId);
    reader?.stop(stop);
  }

  /** Reads what is there now, portion by portion; each is to be acknowledged before the next. */
  *read(): Generator<Found> {
    this.#findAgents();
    yield* readPortions([this.#main, ...this.#agents.values()]);
  }

  /** To be saved once all that was read is acknowledged. */
  positions(): SessionPositions {
    const readers = [this.#main, ...this.#agents.values()];
    const files = Object.fromEntries(readers.map((reader) => [reader.path, reader.save()]));
    return { ...this.file, ended: this.ended, endedAt: this.endedAt, files };
  }

  /** When one of its transcripts was last written, epoch ms; 0 where there is none. */
  lastWritten(): number {
    this.#findAgents();
    const paths = [this.file.path, ...[...this.#agents.values()].map(({ path }) => path)];
    return Math.max(0, ...paths.map((path) => statOf(path)?.mtimeMs ?? 0));
  }

  /** True where a transcript holds more than was acknowledged, or is another file. */
  hasGrown(): boolean {
    this.#findAgents();
    return [this.#main, ...this.#agents.values()].some(({ path }) => {
      const stats = statOf(path);
      const saved = this.#saved?.files[path];
      return stats && (stats.size !== saved?.position || stats.ino !== saved.inode);
    });
  }

  /** True where an older version read it, which handed out less: it is to be read again, once. */
  get isOutdated(): boolean {
    return Object.values(this.#saved?.files ?? {}).some(isOutdated);
  }

  #readerOfAgent(agentId: string): TranscriptReader | null {
    this.#findAgents();
    return [...this.#agents.values()].find(({ owner }) => owner.agentId === agentId) ?? null;
  }

  /** A sub-agent's type and starter may be told after its first lines, which are then read again. */
  #findAgents(): void {
    for (const { path, ...agent } of findAgentFiles(this.file)) {
      const owner = { sessionId: this.file.sessionId, ...agent };
      if (isKnown(this.#agents.get(path)?.owner, owner)) continue;
      const saved = this.#saved?.files[path];
      this.#agents.set(path, new TranscriptReader(path, owner, saved, [this.#main]));
    }
  }
}

/** True where `found` tells nothing of a sub-agent that `known` does not. */
function isKnown(known: TranscriptOwner | undefined, found: TranscriptOwner): boolean {
  if (known === undefined) return false;
  const { agentType, toolUseId = null } = found;
  if (agentType !== null && agentType !== known.agentType) return false;
  return toolUseId === null || toolUseId === known.toolUseId;
}
