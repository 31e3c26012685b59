import { readSync, type Stats } from "node:fs";
import { basename } from "node:path";
import { readLines } from "@duolog/client/local";
import type { IngestRecord } from "@duolog/contract";
import { asText, asTime, type Json } from "../translate/json.ts";
import { sessionUpsert } from "../translate/rows/session.ts";
import { wireLine } from "../translate/rows/text.ts";
import { objectIn } from "./objectIn.ts";
import { withOwnFile } from "./realFile.ts";

/** So many lines at a transcript's beginning are looked through for a time, and bytes at its end. */
const MAX_LINES = 20;
const END_BYTES = 256 * 1024;

/** A line that tells when it was written, epoch ms. */
interface Timed {
  readonly at: number;
  readonly line: Json;
}

/**
 * What sub-agents' transcripts tell of a session whose own is not there: its times, where it began, and
 * of which branch and version it was last. Null where none tells a time. Throws like fs.
 */
export function loneSession(sessionId: string, agents: readonly string[]): IngestRecord | null {
  const told = agents.flatMap((path) => withOwnFile(path, endsOf) ?? []);
  const [first] = told.toSorted((a, b) => a.at - b.at);
  const last = told.toSorted((a, b) => a.at - b.at).at(-1);
  if (!first || !last) return null;
  const projectPath = wireLine(asText(first.line.cwd));
  const data = sessionUpsert({
    id: sessionId,
    projectPath,
    projectName: projectPath === null ? null : basename(projectPath),
    gitBranch: wireLine(asText(last.line.gitBranch)),
    agentVersion: wireLine(asText(last.line.version)),
    createdAt: first.at,
    updatedAt: last.at,
    observedAt: last.at,
    observedSeq: 0,
  });
  return { kind: "session", data };
}

/** The first and the last line that tell a time. */
function endsOf(fd: number, { size }: Stats): Timed[] {
  let lines = 0;
  const told: Timed[] = [];
  for (const { text } of readLines(fd, 0)) {
    const timed = timedIn(text ?? "");
    if (timed) told.push(timed);
    lines += 1;
    if (timed || lines === MAX_LINES) break;
  }
  const last = lastLines(fd, size)
    .map(timedIn)
    .findLast((timed) => timed !== null);
  return last ? [...told, last] : told;
}

/** The whole lines of a file's end. */
function lastLines(fd: number, size: number): string[] {
  const bytes = Buffer.alloc(Math.min(size, END_BYTES));
  const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
  return bytes.toString("utf8", 0, read).split("\n").slice(0, -1);
}

function timedIn(text: string): Timed | null {
  const line = objectIn(text);
  const at = line && asTime(line.timestamp);
  return line && at !== null ? { at, line } : null;
}
