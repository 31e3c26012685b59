import { entities, type Kind, type RowOf } from "@duolog/contract";
import type { Shown } from "../../src/output/transcript/shown.ts";

/** A time in the tests, epoch ms. */
export const T = 1_769_760_000_000;

/** A row of which nothing is known but these fields. */
export function row<K extends Kind>(kind: K, fields: Partial<RowOf<K>>): RowOf<K> {
  const blank = Object.keys(entities[kind].columns).map((field) => [field, null]);
  return { ...Object.fromEntries(blank), ...fields };
}

/** A session of these rows. */
export function shown(rows: Partial<Shown>, fields: Partial<Shown["session"]> = {}): Shown {
  const { messages = [], toolCalls = [], events = [], children = [] } = rows;
  const counts = { messageCount: messages.length, toolCallCount: toolCalls.length, ended: false };
  const session = { ...row("session", { id: "s", ...fields }), ...counts };
  return { session, messages, toolCalls, events, children };
}
