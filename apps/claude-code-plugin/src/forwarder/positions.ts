import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { atomicWrite, readIfThere } from "@duolog/client/local";
import { statOf } from "../places/look/statOf.ts";
import type { SavedPosition } from "../reader/transcriptReader.ts";

/** The last hook's note that tells that something was said, while the transcript is not there. */
export interface WaitingNote {
  readonly event: string;
  readonly note: string | null;
}

/** How far a session's transcripts were read and acknowledged. */
export interface SessionPositions {
  readonly sessionId: string;
  readonly ended: boolean;
  /** When its last SessionEnd hook ran, epoch ms: no transcript tells it again. */
  readonly endedAt: number | null;
  readonly waiting: WaitingNote | null;
  /** By transcript; its own and its sub-agents'. */
  readonly files: Readonly<Record<string, SavedPosition>>;
}

/** Changes when older positions can't be used; then transcripts are read from their start. */
const FORMAT = 2;
/** What a file holds: `positions` is JSON, and `sum` its digest, so that damage is seen. */
interface Kept {
  format: number;
  sum: string;
  positions: string;
}
/** Older forwarders noted neither of these. */
type KeptPositions = Omit<SessionPositions, "endedAt" | "waiting"> & {
  readonly endedAt?: number | null;
  readonly waiting?: WaitingNote | null;
  readonly database?: string | null;
};

/** Of a transcript that is not there, the position is kept for so long, ms. */
const KEPT_WITHOUT_FILE = 24 * 60 * 60 * 1000;
/** Older forwarders had a file for each transcript of a session's, named by a hash of its path too. */
const OF_TRANSCRIPT = /^(.+)-[\da-f]{8}\.json$/;

/**
 * Where the forwarder left off, a small file for each session in `forwarder-state/`. A position
 * counts only for the database that it was saved for: of another the session is known, and none of
 * its transcripts.
 */
export class Positions {
  readonly #directory: string;
  /** Files of older forwarders, by what is the session's id as far as the name tells. */
  readonly #older = new Map<string, string[]>();

  constructor(dataDir: string) {
    this.#directory = join(dataDir, "forwarder-state");
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#directory)) {
      const sessionId = OF_TRANSCRIPT.exec(name)?.[1];
      if (sessionId === undefined) continue;
      this.#older.set(sessionId, [...(this.#older.get(sessionId) ?? []), this.#path(name)]);
    }
  }

  /** Null where there is nothing that can be used: then the transcripts are read from their start. */
  load(sessionId: string, database: string | null): SessionPositions | null {
    const files = [...(this.#older.get(sessionId) ?? []), this.#fileOf(sessionId)];
    const found = files.map((file) => this.#read(file, database));
    const own = found.filter((positions) => positions?.sessionId === sessionId);
    return own.reduce(
      (all, positions) => (all && positions ? joined(all, positions) : positions),
      null,
    );
  }

  /** Replaces what was kept of the session, a directory in its file's place too. Throws like fs. */
  save(positions: SessionPositions, database: string | null): void {
    const { sessionId } = positions;
    const file = this.#fileOf(sessionId);
    const text = JSON.stringify({ ...positions, database } satisfies KeptPositions);
    const kept: Kept = { format: FORMAT, sum: sumOf(text), positions: text };
    if (statOf(file)?.isDirectory()) rmSync(file, { recursive: true });
    atomicWrite(file, JSON.stringify(kept));
    const older = (this.#older.get(sessionId) ?? []).filter((each) => each !== file);
    for (const each of older)
      if (this.#read(each, database)?.sessionId === sessionId) unlinkSync(each);
    this.#older.delete(sessionId);
  }

  /** Forgets a session. Throws like fs. */
  forget(sessionId: string): void {
    rmSync(this.#fileOf(sessionId), { force: true });
  }

  /** Every session that is known and there; forgets those whose transcripts Claude Code has deleted. */
  all(
    now: number,
    database: string | null,
    isThere: (sessionId: string) => boolean,
  ): SessionPositions[] {
    const entries = readdirSync(this.#directory, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
    const sessions = new Map<string, SessionPositions>();
    for (const { name } of names) {
      const positions = this.#read(this.#path(name), database);
      if (positions && (isThere(positions.sessionId) || positions.waiting !== null)) {
        const known = sessions.get(positions.sessionId);
        sessions.set(positions.sessionId, known ? joined(known, positions) : positions);
      } else if (now - statSync(this.#path(name)).mtimeMs > KEPT_WITHOUT_FILE) {
        unlinkSync(this.#path(name));
      }
    }
    return [...sessions.values()];
  }

  #fileOf(sessionId: string): string {
    return this.#path(`${sessionId}.json`);
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  /** A file that can't be used costs a reading from the start, which changes no row. */
  #read(file: string, database: string | null): SessionPositions | null {
    try {
      const { format, sum, positions } = JSON.parse(readIfThere(file) ?? "{}") as Partial<Kept>;
      if (format !== FORMAT || !positions || sum !== sumOf(positions)) return null;
      const kept = JSON.parse(positions) as KeptPositions;
      const { sessionId, ended, endedAt = null, waiting = null } = kept;
      const isOfThis = typeof kept.database === "string" && kept.database === database;
      return { sessionId, ended, endedAt, waiting, files: isOfThis ? kept.files : {} };
    } catch {
      return null;
    }
  }
}

/** What several files tell of one session; `b` is the later one. */
function joined(a: SessionPositions, b: SessionPositions): SessionPositions {
  const endedAt = Math.max(a.endedAt ?? 0, b.endedAt ?? 0) || null;
  return { ...b, endedAt, files: { ...a.files, ...b.files } };
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
