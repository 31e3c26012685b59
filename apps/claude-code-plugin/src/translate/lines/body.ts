import type { Json } from "../json.ts";
import type { EventKind } from "../rows/event.ts";
import type { ToolResult } from "../tools/toolResult.ts";
import type { AssistantLine } from "./assistantLine.ts";
import type { CostState } from "./costState.ts";
import type { Given } from "./given.ts";

/** Who gave a title: a person, Claude Code, or Claude Code up to 1.x. */
export type TitleRank = "custom" | "ai" | "summary";

/** What a line says. */
export type Body =
  | {
      readonly kind: "prompt";
      readonly id: string;
      readonly text: string | null;
      readonly given: readonly Given[];
      /** What others put into the line. */
      readonly beside: readonly LineEvent[];
      /** Given while a turn was running. */
      readonly isQueued: boolean;
    }
  | {
      readonly kind: "queue";
      readonly operation: string;
      /** Null where the line does not tell which it is of. */
      readonly text: string | null;
      readonly reason: string | null;
      /** A human's, and the words that are the human's. */
      readonly isPrompt: boolean;
      readonly words: string | null;
      readonly given: readonly Given[];
    }
  /** A file that was given beside the prompt before it. */
  | { readonly kind: "given"; readonly given: Given }
  | {
      readonly kind: "toolResult";
      readonly results: readonly ToolResult[];
      readonly beside: readonly LineEvent[];
    }
  | {
      readonly kind: "interrupted";
      readonly event: LineEvent;
      readonly beside: readonly LineEvent[];
    }
  | { readonly kind: "assistant"; readonly line: AssistantLine }
  | { readonly kind: "request"; readonly id: string }
  /** A compaction, and the summary that it made. */
  | { readonly kind: "boundary"; readonly event: LineEvent }
  | { readonly kind: "summary"; readonly text: string | null }
  | { readonly kind: "events"; readonly events: readonly LineEvent[] }
  | { readonly kind: "permissionMode"; readonly mode: string }
  /** Which sub-agent a call started, as versions up to 2.1 told while it ran. */
  | { readonly kind: "child"; readonly callId: string; readonly agentId: string }
  | {
      readonly kind: "title";
      readonly rank: TitleRank;
      readonly text: string;
      /** The uuid of the line up to which a summary goes. */
      readonly leaf: string | null;
    }
  | { readonly kind: "cost"; readonly counted: CostState }
  /** A line of a type that this version does not know. */
  | { readonly kind: "unknown"; readonly type: string }
  | { readonly kind: "other" };

/** An event that a line tells, without what its place in the file tells. */
export interface LineEvent {
  readonly kind: EventKind;
  /** Null: the line's own uuid. */
  readonly id: string | null;
  readonly messageId: string | null;
  readonly toolCallId: string | null;
  readonly text: string | null;
  /** What else is told; null where a fact is not. */
  readonly data: Json;
}

/** The event with what is told of it; the rest is null. */
export function lineEvent(kind: EventKind, told: Partial<Omit<LineEvent, "kind">>): LineEvent {
  return { kind, id: null, messageId: null, toolCallId: null, text: null, data: {}, ...told };
}

/** Events as what a line says. */
export function eventsBody(events: readonly LineEvent[]): Body {
  return events.length === 0 ? { kind: "other" } : { kind: "events", events };
}
