import { readSync } from "node:fs";
import { objectIn } from "../../reader/objectIn.ts";
import { withOwnFile } from "../../reader/realFile.ts";
import { asId, asObject } from "../../translate/json.ts";

/** So much of a transcript is looked through for its session, bytes. */
const MAX_BYTES = 1024 * 1024;
/** Enough for the lines of most. */
const FIRST_BYTES = 16 * 1024;

/** What a transcript's first lines say of whose it is. */
export interface Named {
  readonly sessionId: string | null;
  readonly agentId: string | null;
}

/** The first session that a transcript's lines name, and the sub-agent that they name with it. Throws like fs. */
export function namedIn(path: string): Named {
  const named = withOwnFile(path, (fd) => {
    const first = namedBy(startOf(fd, FIRST_BYTES));
    return first ?? namedBy(startOf(fd, MAX_BYTES));
  });
  return named ?? { sessionId: null, agentId: null };
}

function startOf(fd: number, bytes: number): string[] {
  const buffer = Buffer.alloc(bytes);
  return buffer.toString("utf8", 0, readSync(fd, buffer, 0, bytes, 0)).split("\n");
}

/** Of a line longer than all that is read, its beginning tells. */
function namedBy(lines: string[]): Named | null {
  for (const line of lines) {
    const { sessionId, agentId } = asObject(objectIn(line) ?? beginningOf(line));
    if (asId(sessionId) !== null) return { sessionId: asId(sessionId), agentId: asId(agentId) };
  }
  return null;
}

function beginningOf(line: string) {
  const sessionId = /^\{[^{[]*?"sessionId":"([^"\\]+)"/.exec(line)?.[1];
  const agentId = /^\{[^{[]*?"agentId":"([^"\\]+)"/.exec(line)?.[1];
  return { sessionId, agentId };
}
