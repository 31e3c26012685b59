import type { Shown } from "../output/transcript/shown.ts";
import type { MaskOptions } from "./mask.ts";
import { maskRows } from "./maskRows.ts";
import type { Scanner } from "./Scanner.ts";

/** A session without its secrets, and how many texts were left out. */
export interface MaskedShown {
  shown: Shown;
  leftOut: number;
}

/** Masks a session, all its rows and its children's. Rejects as `mask` does. */
export async function maskShown(
  scanner: Scanner,
  shown: Shown,
  options: MaskOptions,
): Promise<MaskedShown> {
  const session = await maskRows(scanner, "session", [shown.session], options);
  const messages = await maskRows(scanner, "message", shown.messages, options);
  const toolCalls = await maskRows(scanner, "toolCall", shown.toolCalls, options);
  const events = await maskRows(scanner, "event", shown.events, options);
  const children: MaskedShown[] = [];
  for (const child of shown.children) children.push(await maskShown(scanner, child, options));
  const parts = [session, messages, toolCalls, events, ...children];
  return {
    shown: {
      session: session.rows[0] ?? shown.session,
      messages: messages.rows,
      toolCalls: toolCalls.rows,
      events: events.rows,
      children: children.map((child) => child.shown),
    },
    leftOut: parts.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}
