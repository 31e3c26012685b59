import { Source } from "@duolog/contract";
import type { Room } from "../room.ts";
import { askingSessions } from "./askingSession.ts";

/** What the agent calls, and its own id of the call, where it tells one. */
export interface Asked {
  tool: string;
  input: object;
  call: string | undefined;
}

/** The filter that leaves out the session that asks, with its sub-agents. Rejects with Failure. */
export async function askersFilter(
  { env, directory, read }: Room,
  asked: Asked,
): Promise<{ without: string[] | undefined }> {
  const without = await read((reader) =>
    askingSessions(reader, {
      ...asked,
      source: sourceOf(env),
      directory,
      session: env.CLAUDE_CODE_SESSION_ID,
      now: Date.now(),
    }),
  );
  return { without: without.length > 0 ? without : undefined };
}

/** Which agent started this process, by what it sets in the environment. */
function sourceOf({ CLAUDECODE, OPENCODE }: NodeJS.ProcessEnv): Source | undefined {
  if (CLAUDECODE) return Source.claude_code;
  return OPENCODE ? Source.opencode : undefined;
}
