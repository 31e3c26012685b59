import { Source } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import type { Place } from "../../place.ts";
import { openAgentStores } from "../../stores/openStores.ts";

/** Whether the agent still has the session in its own store. Throws like fs and SQLite. */
export async function isKept(
  place: Place,
  env: NodeJS.ProcessEnv,
  { id, source, status }: SessionSummary,
): Promise<boolean> {
  if (status === "deleted") return false;
  const wanted =
    source === Source.opencode ? { opencode: true as const } : { claudeCode: true as const };
  const stores = await openAgentStores(place, env, wanted);
  try {
    return stores.some(({ parts }) => parts.some((part) => part.id === id));
  } finally {
    for (const store of stores) store.close();
  }
}
