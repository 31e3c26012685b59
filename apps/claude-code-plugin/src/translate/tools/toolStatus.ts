import { asText, type Json } from "../json.ts";
import { wireLine } from "../rows/text.ts";
import type { ToolStatus } from "../rows/toolCall.ts";

/** What a result tells of how its call ended. */
export interface Ending {
  readonly isError: boolean;
  /** What the model got. */
  readonly text: string;
  /** `toolUseResult`, an empty object where that is none. */
  readonly result: Json;
  /** `toolDenialKind`: user-rejected, interrupted, cancelled … (from 2.1.204). */
  readonly denialKind: string | null;
}

/** What a model is told of a call that a person, a rule or a hook refused. */
const DENIED = [
  /^The user doesn't want to (proceed with this tool use|take this action right now)/,
  /^Permission (to use .{1,200} has been|for this tool use was) denied/,
  /^Claude requested permissions to .{1,8192}, but you haven't granted it yet/,
  /^(Hook )?PreToolUse:.{1,200} (denied this tool|hook error)/,
  /^The agent proposed a plan that was rejected by the user/,
];
/** And of one that was stopped, or never began because one beside it failed. */
const INTERRUPTED = [
  /^\[Request interrupted by user/,
  /^<tool_use_error>(Cancelled: parallel tool call|Sibling tool call errored)/,
];
/**
 * What 2.1.332 adds to the text of a refusal where the call ran and a person stopped it; its kind of
 * denial is then "user-rejected" as well.
 */
const STOPPED = "this call was stopped while running, not refused before it ran";
const STOPPED_KINDS = new Set(["interrupted", "cancelled"]);

const EXIT_CODE = /^Exit code (\d{1,9})(?:\n|$)/;
const WRAPPER = /^<tool_use_error>([\s\S]*)<\/tool_use_error>\s*$/;

/** How the call ended. */
export function statusOf({ isError, text, result, denialKind }: Ending): ToolStatus {
  if (isError && isRefusal(text) && text.includes(STOPPED)) return "interrupted";
  if (denialKind !== null) return STOPPED_KINDS.has(denialKind) ? "interrupted" : "denied";
  if (result.interrupted === true) return "interrupted";
  if (!isError) return "success";
  if (INTERRUPTED.some((start) => start.test(text))) return "interrupted";
  return isRefusal(text) ? "denied" : "error";
}

function isRefusal(text: string): boolean {
  return DENIED.some((start) => start.test(text));
}

/** The exit code of a shell command that failed: a success tells none. */
export function exitCodeOf({ isError, text }: Ending): number | null {
  const code = isError ? EXIT_CODE.exec(text)?.[1] : undefined;
  return code === undefined ? null : Number(code);
}

/** Why the call failed; a failed command's output is its output, and its error the exit code. */
export function errorOf(ending: Ending): string | null {
  if (statusOf(ending) === "success") return null;
  const code = exitCodeOf(ending);
  if (code !== null) return `Exit code ${code}`;
  return ending.isError ? wireLine(asText(WRAPPER.exec(ending.text)?.[1] ?? ending.text)) : null;
}
