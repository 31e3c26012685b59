import type { RpcReader } from "@duolog/client";
import { readPages } from "../../../daemon/read.ts";
import type { Detail, Shown } from "../../../output/transcript/shown.ts";
import { readCalls } from "./readCalls.ts";

/**
 * A session with all its rows and the sessions that its calls started, to any depth; the long texts
 * as far as they are wanted. Null where there is none of that id. Rejects with RpcError.
 */
export async function readShown(
  reader: RpcReader,
  id: string,
  detail: Detail,
): Promise<Shown | null> {
  return read(reader, id, detail, new Set([id]));
}

/** `known` are the ids of the sessions that are read: none is read twice. */
async function read(
  reader: RpcReader,
  id: string,
  detail: Detail,
  known: Set<string>,
): Promise<Shown | null> {
  const own = await readAlone(reader, id, detail);
  if (!own) return null;
  const children: Shown[] = [];
  for (const { childSessionId } of own.toolCalls) {
    if (childSessionId === null || known.has(childSessionId)) continue;
    known.add(childSessionId);
    const child = await read(reader, childSessionId, detail, known);
    if (child) children.push(child);
  }
  return { ...own, children };
}

/** As `readShown`, without the sessions that its calls started. */
export async function readAlone(
  reader: RpcReader,
  id: string,
  detail: Detail,
): Promise<Shown | null> {
  const session = await reader.session.get({ id });
  if (!session) return null;
  const messages = await readPages(Number.POSITIVE_INFINITY, (limit, cursor) =>
    reader.message.list({ sessionId: id, limit, cursor, texts: detail.reasoning }),
  );
  const toolCalls = await readCalls(reader, id, detail.tools);
  const events = await readPages(Number.POSITIVE_INFINITY, (limit, cursor) =>
    reader.event.list({ sessionId: id, limit, cursor }),
  );
  return { session, messages, toolCalls, events, children: [] };
}
