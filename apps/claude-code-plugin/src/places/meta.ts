import { readFileSync } from "node:fs";
import { withOwnFile } from "../reader/realFile.ts";
import { asId, asObject, asText } from "../translate/json.ts";
import { metaPath } from "./findAgents.ts";

const MAX_BYTES = 1024 * 1024;

/** What a sub-agent's `.meta.json` tells. */
export interface Meta {
  readonly agentType: string | null;
  /** The call that started it, perhaps another sub-agent's. */
  readonly toolUseId: string | null;
}

/** What lies beside a sub-agent's transcript; nulls where nothing usable does. Throws like fs. */
export function metaOf(path: string): Meta {
  try {
    const text = withOwnFile(metaPath(path), (fd, { size }) =>
      size > MAX_BYTES ? null : readFileSync(fd, "utf8"),
    );
    const { agentType, toolUseId } = asObject(JSON.parse(text ?? "null"));
    return { agentType: asText(agentType), toolUseId: asId(toolUseId) };
  } catch (error) {
    if (error instanceof SyntaxError) return { agentType: null, toolUseId: null };
    throw error;
  }
}
