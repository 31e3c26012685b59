import type { Message, SessionEvent, ToolCall } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";

/** A session with all its rows, oldest first. */
export interface Shown {
  session: SessionSummary;
  messages: Message[];
  toolCalls: ToolCall[];
  events: SessionEvent[];
  /** The sessions that its tool calls started, each once however many calls name it. */
  children: Shown[];
}

/** What is shown whole; else a tool call and an event are a line each, and reasoning is left out. */
export interface Detail {
  /** The input and output of tool calls, and what was injected or summed up. */
  tools: boolean;
  reasoning: boolean;
}
