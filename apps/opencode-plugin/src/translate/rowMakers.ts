import type { RowMakers } from "@duolog/contract";
import { eventUpsert } from "./shared/rows/event.ts";
import { messageUpsert } from "./shared/rows/message.ts";
import { sessionUpsert } from "./shared/rows/session.ts";
import { toolCallUpsert } from "./shared/rows/toolCall.ts";

/** What OpenCode's rows of each entity are made with, whatever its version. */
export const rowMakers = {
  session: sessionUpsert,
  message: messageUpsert,
  toolCall: toolCallUpsert,
  event: eventUpsert,
} satisfies RowMakers;
