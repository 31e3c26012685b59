import type { Message, SessionEvent, ToolCall } from "@duolog/contract";

/** A tool call, and the sub-agent that it started where it is shown here. */
export interface Call {
  call: ToolCall;
  started: SubAgent | null;
}

/** What stands in a conversation, one after the other; `at` is epoch ms, 0 where no time is known. */
export type Entry = { at: number } & (
  | { kind: "message"; message: Message; calls: Call[] }
  /** A call whose message is not in the record. */
  | { kind: "call"; call: Call }
  | { kind: "event"; event: SessionEvent }
  /** A sub-agent of which no call says that it started it. */
  | { kind: "subAgent"; subAgent: SubAgent }
);

/** A sub-agent's conversation, within its session or in one of its own. */
export interface SubAgent {
  id: string;
  /** As the agent calls it. */
  name: string | null;
  /** Of its own session. */
  title: string | null;
  /** That its paths are told by. */
  projectPath: string | null;
  entries: Entry[];
}

/** In the order of time; of one time in the order given. */
export function inTime<T extends { at: number }>(entries: T[]): T[] {
  return entries.sort((a, b) => a.at - b.at);
}
