import { entities, type Message, type Session, type ToolCall } from "@duolog/contract";
import { blankRow } from "../src/core/merge.ts";
import type { Written } from "../src/storage/record/table.ts";

/** A time in the tests, epoch ms. */
export const T = 1_769_760_000_000;

export function sessionRow(fields: Partial<Session> & { id: string }): Session {
  return { ...blankRow(entities.session, { id: fields.id }), changedSeq: 0, ...fields };
}

export function messageRow(
  fields: Partial<Message> & { id: string; sessionId: string },
): Written<"message"> {
  const { id, sessionId } = fields;
  return { ...blankRow(entities.message, { id, sessionId }), changedSeq: 0, ...fields };
}

export function callRow(
  fields: Partial<ToolCall> & { id: string; sessionId: string },
): Written<"toolCall"> {
  const { id, sessionId } = fields;
  return { ...blankRow(entities.toolCall, { id, sessionId }), changedSeq: 0, ...fields };
}
