import { readLines } from "@duolog/client/local";
import { objectIn } from "../reader/objectIn.ts";
import { withOwnFile } from "../reader/realFile.ts";
import { asId, asObject } from "../translate/json.ts";

/** So much of a transcript is looked through for its session, bytes and lines. */
const MAX_BYTES = 1024 * 1024;
const MAX_LINES = 100;

/** What a transcript's first lines say of whose it is. */
export interface Named {
  readonly sessionId: string | null;
  readonly agentId: string | null;
}

/** The first session that a transcript's lines name, and the sub-agent that they name with it. Throws like fs. */
export function namedIn(path: string): Named {
  const named = withOwnFile(path, (fd) => {
    let lines = 0;
    for (const { text, end } of readLines(fd, 0)) {
      const { sessionId, agentId } = asObject(objectIn(text ?? ""));
      if (asId(sessionId) !== null) return { sessionId: asId(sessionId), agentId: asId(agentId) };
      lines += 1;
      if (lines === MAX_LINES || end > MAX_BYTES) break;
    }
    return null;
  });
  return named ?? { sessionId: null, agentId: null };
}
