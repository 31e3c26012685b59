import { asText, larger } from "../json.ts";
import type { Body } from "../lines/body.ts";
import type { Head, Origin } from "../lines/entry.ts";
import type { Given } from "../lines/given.ts";
import { titleLine, wireLine } from "../rows/text.ts";
import { EMPTY_QUEUE, nextQueue, type Queue } from "../said/queue.ts";
import { nextCalls, type OpenCall } from "./openCalls.ts";
import type { Place } from "./place.ts";

/** What earlier lines say about the next one. Plain data; a part that did not change is the same object. */
export interface Moment {
  /** The latest time told so far, epoch ms. */
  readonly clock: number | null;
  /** The id of the turn. */
  readonly promptId: string | null;
  /** The last request to the model. */
  readonly request: { readonly id: string; readonly at: number } | null;
  /** Of the file's own conversation: where it is, in which mode, under which titles. */
  readonly cwd: string | null;
  readonly permissionMode: string | null;
  readonly customTitle: string | null;
  readonly aiTitle: string | null;
  /** The last compaction. */
  readonly boundary: Boundary | null;
  /** The last copied line of a fork that has no line of its own yet. */
  readonly copied: Origin | null;
  /** The prompt that files may still be given beside. */
  readonly prompt: OpenPrompt | null;
  /** The calls that have no result yet. */
  readonly calls: readonly OpenCall[];
  /** What was given while a turn was running. */
  readonly queue: Queue;
}

/** A compaction whose summary may follow: one made by itself has attachments in between. */
interface Boundary {
  readonly id: string;
  /** The last line of those that follow it one upon the other. */
  readonly tip: string;
}

/** A prompt and what was given beside it so far. */
export interface OpenPrompt {
  readonly id: string;
  readonly sessionId: string;
  readonly given: readonly Given[];
}

/** Before the first line. */
export const START: Moment = {
  clock: null,
  promptId: null,
  request: null,
  cwd: null,
  permissionMode: null,
  customTitle: null,
  aiTitle: null,
  boundary: null,
  copied: null,
  prompt: null,
  calls: [],
  queue: EMPTY_QUEUE,
};

/** The moment after a line; the clock never goes back. */
export function nextMoment(moment: Moment, head: Head, body: Body, place: Place): Moment {
  const { at } = head;
  return {
    clock: larger(moment.clock, at),
    promptId: head.promptId ?? moment.promptId,
    request: body.kind === "request" && at !== null ? { id: body.id, at } : moment.request,
    cwd: (place.isOwn ? wireLine(head.cwd) : null) ?? moment.cwd,
    permissionMode: (place.isOwn ? modeIn(head, body) : null) ?? moment.permissionMode,
    customTitle: titleIn(body, "custom", place) ?? moment.customTitle,
    aiTitle: titleIn(body, "ai", place) ?? moment.aiTitle,
    boundary: nextBoundary(moment.boundary, head, body),
    copied: nextCopied(moment.copied, head),
    prompt: nextPrompt(moment.prompt, body, place),
    calls: nextCalls(moment.calls, body, place),
    queue: nextQueue(moment.queue, body, place),
  };
}

/** The permission mode that a line of its own or a prompt tells. */
export function modeIn(head: Head, body: Body): string | null {
  return wireLine(body.kind === "permissionMode" ? body.mode : asText(head.permissionMode));
}

/** The title of that rank that a line tells; null where it tells none. */
export function titleIn(body: Body, rank: "custom" | "ai", place: Place): string | null {
  return body.kind === "title" && body.rank === rank && place.isOwn ? titleLine(body.text) : null;
}

function nextBoundary(boundary: Boundary | null, { uuid, parentUuid }: Head, body: Body) {
  if (body.kind === "boundary") return uuid === null ? null : { id: uuid, tip: uuid };
  const follows = uuid !== null && boundary !== null && parentUuid === boundary.tip;
  return follows && body.kind !== "summary" ? { ...boundary, tip: uuid } : boundary;
}

/** A line with an id that is no copy is the fork's first own one. */
function nextCopied(copied: Origin | null, head: Head): Origin | null {
  return head.copiedFrom ?? (head.uuid === null ? copied : null);
}

/** Files stand right behind their prompt; those behind an answer or a compaction are nobody's gift. */
function nextPrompt(prompt: OpenPrompt | null, body: Body, place: Place): OpenPrompt | null {
  switch (body.kind) {
    case "prompt":
      return { id: body.id, sessionId: place.sessionId, given: body.given };
    case "given":
      return prompt && { ...prompt, given: [...prompt.given, body.given] };
    case "assistant":
    case "toolResult":
    case "boundary":
    case "summary":
      return null;
    default:
      return prompt;
  }
}
