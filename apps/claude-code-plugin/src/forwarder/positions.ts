import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { atomicWrite, readIfThere } from "@duolog/client/local";
import { statOf } from "../reader/places.ts";
import type { SavedPosition } from "../reader/transcriptReader.ts";

/** How far a session's transcripts were read and acknowledged. */
export interface SessionPositions {
  readonly sessionId: string;
  /** The session's own transcript. */
  readonly path: string;
  readonly ended: boolean;
  /** When its last SessionEnd hook ran, epoch ms: no transcript tells it again. */
  readonly endedAt: number | null;
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
/** Older forwarders noted neither. */
type KeptPositions = Omit<SessionPositions, "endedAt"> & {
  readonly endedAt?: number | null;
  readonly database?: string | null;
};

/** Of a transcript that is not there, the position is kept for so long, ms. */
const KEPT_WITHOUT_FILE = 24 * 60 * 60 * 1000;

/**
 * Where the forwarder left off, a small file for each session in `forwarder-state/`. A position
 * counts only for the database that it was saved for: of another the session is known, and none of
 * its transcripts.
 */
export class Positions {
  readonly #directory: string;

  constructor(dataDir: string) {
    this.#directory = join(dataDir, "forwarder-state");
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** Null where there is nothing that can be used: then the transcripts are read from their start. */
  load(sessionId: string, path: string, database: string | null): SessionPositions | null {
    return this.#read(this.#fileOf(sessionId, path), database);
  }

  /** Replaces what was kept of the session, a directory in its file's place too. Throws like fs. */
  save(positions: SessionPositions, database: string | null): void {
    const file = this.#fileOf(positions.sessionId, positions.path);
    const text = JSON.stringify({ ...positions, database } satisfies KeptPositions);
    const kept: Kept = { format: FORMAT, sum: sumOf(text), positions: text };
    if (statOf(file)?.isDirectory()) rmSync(file, { recursive: true });
    atomicWrite(file, JSON.stringify(kept));
  }

  /** Every session that is known; forgets those whose transcript Claude Code has deleted. */
  all(now: number, database: string | null): SessionPositions[] {
    const entries = readdirSync(this.#directory, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".json"));
    return files.flatMap(({ name }) => {
      const file = join(this.#directory, name);
      const positions = this.#read(file, database);
      if (positions && statOf(positions.path)) return [positions];
      if (now - statSync(file).mtimeMs > KEPT_WITHOUT_FILE) unlinkSync(file);
      return [];
    });
  }

  #fileOf(sessionId: string, path: string): string {
    const hash = createHash("sha256").update(path).digest("hex").slice(0, 8);
    return join(this.#directory, `${sessionId}-${hash}.json`);
  }

  /** A file that can't be used costs a reading from the start, which changes no row. */
  #read(file: string, database: string | null): SessionPositions | null {
    try {
      const { format, sum, positions } = JSON.parse(readIfThere(file) ?? "{}") as Partial<Kept>;
      if (format !== FORMAT || !positions || sum !== sumOf(positions)) return null;
      const { database: of, endedAt = null, ...kept } = JSON.parse(positions) as KeptPositions;
      const isOfThis = typeof of === "string" && of === database;
      return { ...kept, endedAt, files: isOfThis ? kept.files : {} };
    } catch {
      return null;
    }
  }
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
