import { asText, larger } from "../json.ts";
import type { Body } from "../lines/body.ts";
import type { Head, Origin } from "../lines/entry.ts";
import type { Given } from "../lines/given.ts";
import { titleLine, wireLine } from "../rows/text.ts";
import { EMPTY_QUEUE, nextQueue, type Queue } from "../said/queue.ts";
import { nextCalls, type OpenCall } from "./openCalls.ts";
import type { Place } from "./place.ts";
import { nextSidechains, type Sidechain } from "./sidechains.ts";

/** What earlier lines say about the next one. Plain data; a part that did not change is the same object. */
export interface Moment {
  /** The latest time told so far, epoch ms. */
  readonly clock: number | null;
  /** The id of the turn. */
  readonly promptId: string | null;
  /** The last request to the model. */
  readonly request: { readonly id: string; readonly at: number } | null;
  /** Of each session that lines named, where it is, in which mode, under which titles. */
  readonly conditions: readonly Condition[];
  /** The last turn of each conversation. */
  readonly turns: readonly Turn[];
  /** Sub-agents that speak in between without an id. */
  readonly sidechains: readonly Sidechain[];
  /** The file's speaker said something of its own: before that, a sub-agent's may repeat others' words. */
  readonly begun: boolean;
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

/** What lines tell of a session's main conversation, or of the sub-agent's that a file is of. */
export interface Condition {
  readonly sessionId: string;
  readonly cwd: string | null;
  readonly permissionMode: string | null;
  readonly customTitle: string | null;
  readonly aiTitle: string | null;
}

/** What the model answers to: a prompt, or what was written in the user's name. */
export interface Turn {
  readonly conversation: string;
  /** The line's uuid. */
  readonly id: string;
  /** Epoch ms. */
  readonly at: number | null;
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
  conditions: [],
  turns: [],
  sidechains: [],
  begun: false,
  boundary: null,
  copied: null,
  prompt: null,
  calls: [],
  queue: EMPTY_QUEUE,
};

const KEYS = ["cwd", "permissionMode", "customTitle", "aiTitle"] as const;
const UNKNOWN = { cwd: null, permissionMode: null, customTitle: null, aiTitle: null };
/** Of so many sessions or sub-agents in one file what was told last is kept. */
const MOST_SESSIONS = 64;
/** What the user's lines say that the model answers to. */
const BEGINS = new Set<Body["kind"]>(["prompt", "events", "interrupted", "summary"]);

/** The moment after a line; the clock never goes back. */
export function nextMoment(moment: Moment, head: Head, body: Body, place: Place): Moment {
  const { at } = head;
  return {
    clock: larger(moment.clock, at),
    promptId: head.promptId ?? moment.promptId,
    request: body.kind === "request" && at !== null ? { id: body.id, at } : moment.request,
    conditions: nextConditions(moment, head, body, place),
    turns: nextTurns(moment.turns, head, body, place),
    sidechains: nextSidechains(moment.sidechains, head, place),
    begun: moment.begun,
    boundary: nextBoundary(moment.boundary, head, body),
    copied: nextCopied(moment.copied, head, place),
    prompt: nextPrompt(moment.prompt, body, place),
    calls: nextCalls(moment.calls, body, place),
    queue: nextQueue(moment.queue, body, place),
  };
}

/** The moment after a line that only says again what is known. */
export function momentAfterCopy(moment: Moment, body: Body, at: number | null): Moment {
  const prompt = body.kind === "prompt" ? null : moment.prompt;
  const clock = larger(moment.clock, at);
  return clock === moment.clock && prompt === moment.prompt ? moment : { ...moment, clock, prompt };
}

/** What is known of the session's condition. */
export function conditionIn({ conditions }: Moment, sessionId: string): Condition {
  const known = conditions.find((one) => one.sessionId === sessionId);
  return known ?? { ...UNKNOWN, sessionId };
}

/** What a line tells of the session's condition; null where it does not. */
export function toldIn(moment: Moment, head: Head, body: Body, place: Place) {
  const { isOwn, at } = place;
  // A line that is older than others before it was perhaps written again.
  const isNews = isOwn && (at === null || moment.clock === null || at >= moment.clock);
  return {
    cwd: isNews ? wireLine(head.cwd) : null,
    permissionMode: isNews ? modeIn(head, body) : null,
    customTitle: isOwn ? titleIn(body, "custom") : null,
    aiTitle: isOwn ? titleIn(body, "ai") : null,
  };
}

/** The permission mode that a line of its own or a prompt tells. */
function modeIn(head: Head, body: Body): string | null {
  return wireLine(body.kind === "permissionMode" ? body.mode : asText(head.permissionMode));
}

/** The title of that rank that a line tells. */
function titleIn(body: Body, rank: "custom" | "ai"): string | null {
  return body.kind === "title" && body.rank === rank ? titleLine(body.text) : null;
}

function nextConditions(moment: Moment, head: Head, body: Body, place: Place) {
  const { conditions } = moment;
  const known = conditionIn(moment, place.sessionId);
  const told = toldIn(moment, head, body, place);
  const isNews = KEYS.some((key) => told[key] !== null && told[key] !== known[key]);
  if (!isNews) return conditions;
  const next: Condition = {
    sessionId: place.sessionId,
    cwd: told.cwd ?? known.cwd,
    permissionMode: told.permissionMode ?? known.permissionMode,
    customTitle: told.customTitle ?? known.customTitle,
    aiTitle: told.aiTitle ?? known.aiTitle,
  };
  const others = conditions.filter(({ sessionId }) => sessionId !== place.sessionId);
  return [...others, next].slice(-MOST_SESSIONS);
}

function nextTurns(turns: readonly Turn[], head: Head, body: Body, place: Place) {
  if (!head.isUser || head.uuid === null || !BEGINS.has(body.kind)) return turns;
  const { conversation, at } = place;
  const others = turns.filter((turn) => turn.conversation !== conversation);
  return [...others, { conversation, id: head.uuid, at }].slice(-MOST_SESSIONS);
}

function nextBoundary(boundary: Boundary | null, { uuid, parentUuid }: Head, body: Body) {
  if (body.kind === "boundary") return uuid === null ? null : { id: uuid, tip: uuid };
  const follows = uuid !== null && boundary !== null && parentUuid === boundary.tip;
  return follows && body.kind !== "summary" ? { ...boundary, tip: uuid } : boundary;
}

/** A line with an id that is no copy is the fork's first own one. */
function nextCopied(copied: Origin | null, { uuid }: Head, place: Place): Origin | null {
  return place.copiedFrom ?? (uuid === null ? copied : null);
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
