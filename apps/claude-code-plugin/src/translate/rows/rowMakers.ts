import type { RowMakers } from "@duolog/contract";
import { eventUpsert } from "./event.ts";
import { messageUpsert } from "./message.ts";
import { sessionUpsert } from "./session.ts";
import { toolCallUpsert } from "./toolCall.ts";

/** What Claude Code's rows of each entity are made with. */
export const rowMakers = {
  session: sessionUpsert,
  message: messageUpsert,
  toolCall: toolCallUpsert,
  event: eventUpsert,
} satisfies RowMakers;
