import type { Message, ToolCall } from "@duolog/contract";
import { Failure } from "../../../failure.ts";
import type { Position } from "../../answer/cursor.ts";
import type { Room } from "../../room.ts";
import { cursorOfRow, type ReadPage } from "../pages.ts";

/**
 * Where the message before a message is, or before that of a call; the session's beginning where none is
 * named. Throws Failure where there is none of that id.
 */
export async function positionAt(
  room: Room,
  sessionId: string,
  read: ReadPage<Message>,
  at: string | undefined,
): Promise<Position> {
  if (at === undefined) return { told: 0 };
  const found = await cursorOfRow(read, ({ id }) => id === at, 1);
  if (found) return { ...found, told: 0 };
  const messageId = await messageOf(room, sessionId, at);
  const ofCall = messageId && (await cursorOfRow(read, ({ id }) => id === messageId, 1));
  if (ofCall) return { ...ofCall, told: 0 };
  throw new Failure(`there is no message or call ${at} in the session`);
}

async function messageOf(room: Room, sessionId: string, callId: string): Promise<string | null> {
  const read: ReadPage<ToolCall> = (page) =>
    room.read((reader) => reader.toolCall.list({ sessionId, ...page, texts: false }));
  const found = await cursorOfRow(read, ({ id }) => id === callId);
  if (found === null) return null;
  return (await read({ limit: 1, ...found })).items[0]?.messageId ?? null;
}
