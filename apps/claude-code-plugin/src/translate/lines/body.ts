import type { ToolResult } from "../tools/toolResult.ts";
import type { AssistantLine } from "./assistantLine.ts";
import type { CostState } from "./costState.ts";
import type { Given } from "./given.ts";
import type { LineEvent } from "./lineEvent.ts";

/** Who gave a title: a person, Claude Code, or Claude Code up to 1.x. */
export type TitleRank = "custom" | "ai" | "summary";

/** What a line says. */
export type Body =
  | {
      readonly kind: "prompt";
      readonly id: string;
      readonly text: string | null;
      readonly given: readonly Given[];
    }
  /** A file that was given beside the prompt before it. */
  | { readonly kind: "given"; readonly given: Given }
  | { readonly kind: "toolResult"; readonly results: readonly ToolResult[] }
  | { readonly kind: "interrupted"; readonly event: LineEvent }
  | { readonly kind: "assistant"; readonly line: AssistantLine }
  | { readonly kind: "request"; readonly id: string }
  /** A compaction, and the summary that it made. */
  | { readonly kind: "boundary"; readonly event: LineEvent }
  | { readonly kind: "summary"; readonly text: string | null }
  | { readonly kind: "event"; readonly event: LineEvent }
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
  | { readonly kind: "other" };
