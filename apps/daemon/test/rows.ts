import type { Message, Session } from "@duolog/contract";
import { blankSession } from "../src/core/merge.ts";
import type { MessageRecord } from "../src/storage/record/table.ts";
import { messageTable } from "../src/storage/record/table.ts";

/** A time in the tests, epoch ms. */
export const T = 1_769_760_000_000;

export function sessionRow(fields: Partial<Session> & { id: string }): Session {
  return { ...blankSession(fields.id), changedSeq: 0, ...fields };
}

export function messageRow(fields: Partial<Message> & { id: string; sessionId: string }) {
  const blank = Object.fromEntries(messageTable.fields.map((field) => [field, null]));
  return { ...blank, sourceInferred: false, changedSeq: 0, ...fields } as MessageRecord;
}
