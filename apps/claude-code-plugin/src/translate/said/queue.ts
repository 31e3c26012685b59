import { hashOf } from "../hash.ts";
import type { Body } from "../lines/body.ts";
import type { Given } from "../lines/given.ts";
import type { KnownMessage } from "../rows/message.ts";
import { wireText } from "../rows/text.ts";
import type { Place } from "../state/place.ts";
import { attachmentsOf } from "../state/prompts.ts";

/** Something that waits in the queue, or was taken out of it into the turn that runs. Plain data. */
interface Queued {
  readonly sessionId: string;
  readonly text: string | null;
  /** The human's, of that text. */
  readonly words: string | null;
  readonly given: readonly Given[];
  readonly isPrompt: boolean;
  /** When it was put there, epoch ms. */
  readonly at: number | null;
  readonly observedAt: number;
  readonly offset: number;
  /** A line of its own tells it, as a prompt. */
  readonly isTold: boolean;
  /** How it left the queue; null while it waits. */
  readonly taken: "remove" | "dequeue" | null;
}

/** What was given while a turn was running, in order. Plain data. */
export interface Queue {
  readonly waiting: readonly Queued[];
  /** The version that writes tells what is taken into a turn by an attachment (2.1; 2.0 does not). */
  readonly hasAttachments: boolean;
}

/** Before the first line. */
export const EMPTY_QUEUE: Queue = { waiting: [], hasAttachments: false };

/** Nobody waits with more; the oldest beyond that are told by lines of their own, or not at all. */
const MOST = 64;
/** Why something was removed that the turn takes up; older versions tell no reason. */
const ABSORBED = "absorbed_mid_turn";

/** The queue after a line; the same object where nothing changed. */
export function nextQueue(queue: Queue, body: Body, place: Place): Queue {
  switch (body.kind) {
    case "queue":
      return operated(queue, body, place);
    case "prompt":
      return withoutThose(toldBy(queue, body, place), isDequeued);
    case "events":
    case "interrupted":
    case "boundary":
    case "summary":
      return withoutThose(queue, isDequeued);
    case "assistant":
      return withoutThose(queue, (one) => isTakenUp(one, place));
    default:
      return queue;
  }
}

function withoutThose(queue: Queue, isOf: (one: Queued) => boolean): Queue {
  if (!queue.waiting.some(isOf)) return queue;
  return { ...queue, waiting: queue.waiting.filter((one) => !isOf(one)) };
}

/** A turn of its own begins with a line of its own: whatever line comes is that, or shows one. */
function isDequeued({ taken }: Queued): boolean {
  return taken === "dequeue";
}

/**
 * The prompts that an answer shows to have been taken into the turn, and that no line of their own
 * told: up to 2.0 only the queue's operations do. The id is made of the time and the words, so that
 * a fork's copy has the same.
 */
export function promptsTaken({ waiting }: Queue, body: Body, place: Place): KnownMessage[] {
  if (body.kind !== "assistant") return [];
  return waiting.filter((one) => isTakenUp(one, place)).map(toPrompt);
}

function isTakenUp({ taken, sessionId }: Queued, place: Place): boolean {
  const isMain = place.agentId === null && !place.isSidechain;
  return taken !== null && sessionId === place.sessionId && isMain;
}

function toPrompt({ text, words, given, at, ...place }: Queued): KnownMessage {
  const { sessionId, observedAt, offset } = place;
  return {
    id: `queued-${hashOf([text, observedAt])}`,
    sessionId,
    role: "user",
    text: wireText(words),
    attachments: attachmentsOf(given),
    createdAt: at,
    updatedAt: at,
    observedAt,
    observedSeq: offset,
  };
}

function operated(queue: Queue, body: Body & { kind: "queue" }, place: Place): Queue {
  const { waiting } = queue;
  const { operation, text } = body;
  switch (operation) {
    case "enqueue":
      return { ...queue, waiting: [...waiting, toQueued(body, place)].slice(-MOST) };
    case "dequeue":
      return taken(queue, find(waiting, text, false), "dequeue");
    case "remove":
      return removed(queue, body, place);
    case "popAll": {
      const one = find(waiting, text, false);
      return withoutThose(queue, (other) => (text === null ? other.taken === null : other === one));
    }
    default:
      return queue;
  }
}

function toQueued(body: Body & { kind: "queue" }, place: Place): Queued {
  const { text, words, given, isPrompt } = body;
  const { sessionId, at, observedAt, offset } = place;
  const said = { sessionId, text, words, given, isPrompt };
  return { ...said, at, observedAt, offset, isTold: false, taken: null };
}

/** What is removed goes into the turn, unless the line says why not, or an attachment would tell it. */
function removed(queue: Queue, body: Body & { kind: "queue" }, place: Place): Queue {
  const { text, reason } = body;
  const known = find(queue.waiting, text, true);
  // The file may begin behind where it was put there.
  const one = known ?? (text === null ? undefined : toQueued(body, place));
  const isGone = queue.hasAttachments || (reason !== null && reason !== ABSORBED);
  return isGone ? withoutThose(queue, (other) => other === known) : taken(queue, one, "remove");
}

function taken(queue: Queue, one: Queued | undefined, how: "remove" | "dequeue"): Queue {
  if (one === undefined) return queue;
  const rest = queue.waiting.filter((other) => other !== one);
  const isLeft = one.isPrompt && !one.isTold;
  return { ...queue, waiting: isLeft ? [...rest, { ...one, taken: how }] : rest };
}

/** The one of that text; of no text, one that was told where it may be, else the first. */
function find(
  waiting: readonly Queued[],
  text: string | null,
  mayBeTold: boolean,
): Queued | undefined {
  const here = waiting.filter(({ taken }) => taken === null);
  if (text !== null) return here.find((one) => one.text !== null && isSame(one.text, text));
  const told = mayBeTold ? here.find(({ isTold }) => isTold) : undefined;
  return told ?? here.find(({ isTold }) => !isTold);
}

/** A prompt's own line tells it; several may go into one turn, a line each. */
function toldBy(queue: Queue, body: Body & { kind: "prompt" }, place: Place): Queue {
  const told: Queued[] = [];
  for (const one of queue.waiting) {
    const isOf = one.sessionId === place.sessionId && !one.isTold && holds(body.text, one.text);
    if (isOf && !told.some(({ text }) => text === one.text)) told.push(one);
  }
  const hasAttachments = queue.hasAttachments || body.isQueued;
  if (told.length === 0 && hasAttachments === queue.hasAttachments) return queue;
  const waiting = queue.waiting.flatMap((one) => {
    if (!told.includes(one)) return [one];
    return one.taken === null ? [{ ...one, isTold: true }] : [];
  });
  return { hasAttachments, waiting };
}

function holds(text: string | null, part: string | null): boolean {
  if (text === null || part === null) return false;
  return isSame(text, part) || `\n${text.trim()}\n`.includes(`\n${part.trim()}\n`);
}

function isSame(a: string, b: string): boolean {
  return a === b || a.replace(/\s+/g, " ").trim() === b.replace(/\s+/g, " ").trim();
}
