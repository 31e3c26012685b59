import type { RowMakers } from "@duolog/contract";
import { eventUpsert } from "./event.ts";
import { messageUpsert } from "./message/record.ts";
import { sessionUpsert } from "./session/upsert.ts";
import { toolCallUpsert } from "./tool/record.ts";

/** What OpenCode's rows of each entity are made with. */
export const rowMakers = {
  session: sessionUpsert,
  message: messageUpsert,
  toolCall: toolCallUpsert,
  event: eventUpsert,
} satisfies RowMakers;
