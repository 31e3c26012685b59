import type { RpcReader } from "@duolog/client";
import { readPages } from "../../daemon/read.ts";

/** The ids of a session and of all that its calls started, to any depth. Rejects with RpcError. */
export async function startedWithin(reader: RpcReader, id: string): Promise<Set<string>> {
  const ids = new Set([id]);
  // Goes on to those that are added meanwhile.
  for (const sessionId of ids) {
    const calls = await readPages(Number.POSITIVE_INFINITY, (limit, cursor) =>
      reader.toolCall.list({ sessionId, limit, cursor, texts: false }),
    );
    for (const { childSessionId } of calls) if (childSessionId !== null) ids.add(childSessionId);
  }
  return ids;
}
