import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type RawLine, readLines } from "@duolog/client/local";
import type { Found, HistoryPart, Unreadable } from "@duolog/contract";
import type { Finder, Seen } from "../places/look/finder.ts";
import { WHY } from "../places/look/left.ts";
import { withOwnFile } from "../reader/realFile.ts";
import { fingerprintOf, lastWritten } from "./fingerprint.ts";
import { type PasteOf, readPrompt } from "./promptLine.ts";
import { PromptRows } from "./promptRows.ts";

/** Bytes of the file in one portion. */
const PORTION_BYTES = 1024 * 1024;
/** Of a broken line, this much is kept, in UTF-16 units. */
const KEPT_OF_BROKEN = 64 * 1024;
/** Largest paste that is read, bytes. */
const MAX_PASTE = 10_000_000;

/**
 * The prompts of `history.jsonl`, which outlive their transcripts. `timed` are the sessions that have
 * some: they tell of their times themselves.
 */
export function promptsPart(finder: Finder, file: Seen, timed: ReadonlySet<string>): HistoryPart {
  const { path, stats } = file;
  return {
    id: path,
    // A session whose transcripts have gone is told of with its times.
    fingerprint: `${fingerprintOf([stats])} ${hashOf(timed)}`,
    writtenAt: lastWritten([stats]),
    bytes: Number(stats.size),
    read: () => read(finder, path, timed),
  };
}

function* read(finder: Finder, path: string, timed: ReadonlySet<string>): Generator<Found> {
  const rows = new PromptRows();
  const pasteOf = pastesBeside(path);
  for (const lines of portionsOf(path)) {
    const found: Required<Pick<Found, "records" | "unreadable">> = { records: [], unreadable: [] };
    for (const line of lines) {
      if (line.text === "") continue;
      const prompt = line.text === null ? "too long" : readPrompt(line.text, pasteOf);
      const { offset } = line;
      if (typeof prompt === "string") found.unreadable.push(unreadable(path, line, prompt));
      else if (prompt.sessionId === null) finder.leave(`${path}:${offset}`, WHY.promptOfNone);
      else found.records.push(rows.add({ ...prompt, sessionId: prompt.sessionId }, offset));
    }
    yield found;
  }
  yield { records: rows.sessions(timed), unreadable: [] };
}

function* portionsOf(path: string): Generator<RawLine[]> {
  for (let from: number | null = 0; from !== null; ) {
    const lines: RawLine[] = [];
    from = withOwnFile(path, (fd) => fill(lines, fd, from ?? 0));
    yield lines;
  }
}

/** Where to go on; null at the end. */
function fill(lines: RawLine[], fd: number, from: number): number | null {
  for (const line of readLines(fd, from)) {
    lines.push(line);
    if (line.end - from >= PORTION_BYTES) return line.end;
  }
  return null;
}

/** Long pastes lie beside, by the hash of their text. */
function pastesBeside(path: string): PasteOf {
  const directory = join(dirname(path), "paste-cache");
  return (hash) =>
    /^[\w-]{1,128}$/.test(hash)
      ? withOwnFile(join(directory, `${hash}.txt`), (fd, { size }) =>
          size > MAX_PASTE ? null : readFileSync(fd, "utf8"),
        )
      : null;
}

function unreadable(history: string, { offset, text }: RawLine, reason: string): Unreadable {
  const line = (text ?? "").slice(0, KEPT_OF_BROKEN);
  return { raw: { history, offset, line }, reason: `history.jsonl: ${reason}` };
}

function hashOf(ids: ReadonlySet<string>): string {
  return createHash("sha256")
    .update([...ids].join("\n"))
    .digest("base64url");
}
