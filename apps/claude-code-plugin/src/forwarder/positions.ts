import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { atomicWrite, readIfThere } from "@duolog/client/local";
import type { SavedPosition } from "../reader/transcriptReader.ts";

/** How far a session's transcripts were read and acknowledged. */
export interface SessionPositions {
  readonly sessionId: string;
  /** The session's own transcript. */
  readonly path: string;
  readonly ended: boolean;
  /** By transcript; its own and its sub-agents'. */
  readonly files: Readonly<Record<string, SavedPosition>>;
}

/** Changes when older positions can't be used; then transcripts are read from their start. */
const FORMAT = 1;
/** Of a transcript that is not there, the position is kept for so long, ms. */
const KEPT_WITHOUT_FILE = 24 * 60 * 60 * 1000;

/** Where the forwarder left off, a small file for each session in `forwarder-state/`. */
export class Positions {
  readonly #directory: string;

  constructor(dataDir: string) {
    this.#directory = join(dataDir, "forwarder-state");
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** Null where there is nothing that can be used: then the transcripts are read from their start. */
  load(sessionId: string, path: string): SessionPositions | null {
    return this.#read(this.#fileOf(sessionId, path));
  }

  /** Replaces what was kept of the session. Throws like fs. */
  save(positions: SessionPositions): void {
    const file = this.#fileOf(positions.sessionId, positions.path);
    atomicWrite(file, JSON.stringify({ format: FORMAT, ...positions }));
  }

  /** Every session that is known; forgets those whose transcript Claude Code has deleted. */
  all(now: number): SessionPositions[] {
    const names = readdirSync(this.#directory).filter((name) => name.endsWith(".json"));
    return names.flatMap((name) => {
      const file = join(this.#directory, name);
      const positions = this.#read(file);
      if (positions && statSync(positions.path, { throwIfNoEntry: false })) return [positions];
      if (now - statSync(file).mtimeMs > KEPT_WITHOUT_FILE) unlinkSync(file);
      return [];
    });
  }

  #fileOf(sessionId: string, path: string): string {
    const hash = createHash("sha256").update(path).digest("hex").slice(0, 8);
    return join(this.#directory, `${sessionId}-${hash}.json`);
  }

  /** A file that can't be used costs a reading from the start, which changes no row. */
  #read(file: string): SessionPositions | null {
    const text = readIfThere(file);
    if (text === null) return null;
    try {
      const value = JSON.parse(text) as SessionPositions & { format?: unknown };
      return value.format === FORMAT && isUsable(value) ? value : null;
    } catch {
      return null;
    }
  }
}

function isUsable({ sessionId, path, files }: SessionPositions): boolean {
  if (typeof sessionId !== "string" || typeof path !== "string") return false;
  return Object.values(files).every(
    ({ inode, position, head, cursor }) =>
      typeof inode === "number" &&
      typeof position === "number" &&
      typeof head === "string" &&
      typeof cursor.offset === "number" &&
      typeof cursor.upTo === "number" &&
      typeof cursor.moment === "object" &&
      typeof cursor.session === "object",
  );
}
