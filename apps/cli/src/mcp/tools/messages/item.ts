import type { Message, ToolCall } from "@duolog/contract";
import * as z from "zod";
import { timeOf } from "../../answer/answer.ts";
import { CALL, type CallView, callItems } from "./callItems.ts";

/** A message of an answer. */
export const ITEM = z.object({
  message: z.string(),
  at: z.string().optional(),
  role: z.string().optional(),
  text: z.string(),
  /** The text goes on in the next answer. */
  cut: z.literal(true).optional(),
  calls: z.array(CALL).optional(),
});
export type Item = z.infer<typeof ITEM>;

/** A message from `told` units of its text on; its calls with the text's beginning alone. */
export function itemOf(
  { id, createdAt, role, textContent }: Message,
  told: number,
  calls: readonly ToolCall[],
  view: CallView,
): Item {
  const own = told > 0 ? [] : calls.filter(({ messageId }) => messageId === id);
  return {
    message: id,
    at: timeOf(createdAt),
    role: role ?? undefined,
    text: (textContent ?? "").slice(told),
    calls: own.length > 0 ? callItems(own, view) : undefined,
  };
}
