import { type Envelope, envelopeAt, type What } from "./envelopes.ts";
import { behindCaveat, behindInterruption, behindLead, isNoteAt, wholeBy } from "./leads.ts";

/** A part of a text that the human did not type. */
export interface Piece {
  /** A `What`, or what the sentence before it tells. */
  readonly what: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A text as its human's words, and what was put around and between them. */
export interface Split {
  /** Null where there are none. */
  readonly words: string | null;
  readonly pieces: readonly Piece[];
}

/** How the line says that its text was given. */
export interface Giving {
  /** By hand: only an IDE adds to it. */
  readonly isTyped: boolean;
  /** By hand or by a program in a human's place: it may call a command. */
  readonly isTold: boolean;
}

/** These are texts of their own: what follows them is theirs. */
const TO_THE_END = new Set<What>(["task", "command", "command output", "shell", "shell output"]);
/** These may stand between a human's lines. */
const BETWEEN = new Set<What>([
  "ide",
  "hook",
  "reminder",
  "teammate",
  "session",
  "agent",
  "channel",
]);
const FROM_OTHERS = new Set<What>(["teammate", "session", "agent", "channel"]);
/** Parts that only together say what was done. */
const TOGETHER = new Set<string>(["command", "command output", "shell output"]);
/** How many are looked for in one text: bounds the cost of one that is full of broken tags. */
const MOST = 500;

/** A part that is to be cut out, from its place to another's. */
interface Cut {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Tells a human's words from what an IDE, a hook, another session or Claude Code put around them. A
 * tag counts where it begins a line and its end ends one, or before all words: one that is quoted
 * within a sentence, or in a block of code, is a word.
 */
export function splitText(text: string, given: Giving): Split {
  const what = given.isTyped ? null : wholeBy(text.trimStart());
  if (what !== null) {
    return { words: null, pieces: [{ what, text: text.trim(), attributes: {} }] };
  }
  const isPlain = !text.includes("<") && !/^\s*(?:Caveat:|\[Request)/.test(text);
  const cuts = isPlain ? [] : together(cutsIn(text, given));
  if (cuts.length === 0) return { words: text.trim() === "" ? null : text, pieces: [] };
  const pieces = cuts.map(({ what, from, to, attributes }) => ({
    what,
    text: text.slice(from, to).trim(),
    attributes,
  }));
  return { words: without(text, cuts), pieces };
}

function cutsIn(text: string, given: Giving): Cut[] {
  const cuts: Cut[] = [];
  let at = spaceEnd(text, 0);
  // Before all words.
  for (;;) {
    const isCalled = !cuts.some(({ what }) => what === "command") && isCommand(text, at, given);
    const next = isCalled ? null : firstCut(text, at, given);
    if (next === null) break;
    cuts.push(...next);
    at = spaceEnd(text, next.at(-1)?.to ?? text.length);
  }
  let isInCode = false;
  for (let tries = 0; at < text.length && tries < MOST; ) {
    const envelope = isInCode ? null : (envelopeAt(text, at) ?? behindWords(text, at));
    if (envelope) tries += 1;
    const isCut = envelope !== null && isBetween(text, envelope, given);
    if (isCut) cuts.push(envelope);
    if (text.startsWith("```", at)) isInCode = !isInCode;
    at = spaceEnd(text, isCut ? envelope.to : lineEnd(text, at));
  }
  return cuts;
}

/** What stands at `at`, where no word stands before it; null where words do. */
function firstCut(text: string, at: number, given: Giving): readonly Cut[] | null {
  if (at >= text.length) return null;
  if (!given.isTyped) {
    const caveat = behindCaveat(text, at);
    if (caveat !== null) return [plainCut("caveat", at, caveat)];
    const interruption = behindInterruption(text, at);
    if (interruption !== null) return [plainCut("interrupt", at, interruption)];
    const lead = behindLead(text, at);
    if (lead !== null) return fromOthers(text, at, lead);
  }
  const envelope = envelopeAt(text, at);
  if (!envelope || !isFirst(text, envelope) || (given.isTyped && envelope.what !== "ide")) {
    return null;
  }
  const isEnd =
    TO_THE_END.has(envelope.what) ||
    (FROM_OTHERS.has(envelope.what) && isNoteAt(text, envelope.to));
  return [isEnd ? { ...envelope, to: endOf(text, envelope) } : envelope];
}

function plainCut(what: string, from: number, to: number): Cut {
  return { what, from, to, attributes: {} };
}

/** A command that the human called: its line is read as typed. */
function isCommand(text: string, at: number, { isTold }: Giving): boolean {
  return (
    text.startsWith("<command-message>", at) || (isTold && text.startsWith("<command-name>", at))
  );
}

/** Commands and their outputs may stand one behind the other; each is one of its own. */
function endOf(text: string, { what, to }: Envelope): number {
  if (what === "task" || FROM_OTHERS.has(what)) return text.length;
  const next = envelopeAt(text, spaceEnd(text, to));
  return next && TO_THE_END.has(next.what) ? to : text.length;
}

/** All behind the sentence is another's, each message of it by itself. */
function fromOthers(text: string, from: number, lead: number): readonly Cut[] {
  const cuts: Cut[] = [];
  for (let at = spaceEnd(text, lead); at < text.length; ) {
    const envelope = envelopeAt(text, at);
    if (!envelope || !FROM_OTHERS.has(envelope.what)) break;
    cuts.push(envelope);
    at = spaceEnd(text, envelope.to);
  }
  const [first = plainCut("session", from, text.length), ...more] = cuts;
  const all = [{ ...first, from }, ...more];
  return all.map((cut, i) => (i === all.length - 1 ? { ...cut, to: text.length } : cut));
}

/** "<tag> is drawn twice" is a sentence about a tag. */
function isFirst(text: string, { inside, to, isClosed }: Envelope): boolean {
  const isSentence = text.charAt(inside) === " " || text.charAt(inside) === "\t";
  return !isSentence || (isClosed && isLineEnd(text, to));
}

/** On lines of its own, or, of an IDE's, to the end of one. */
function isBetween(text: string, { what, to, isClosed }: Envelope, { isTyped }: Giving): boolean {
  if (!isClosed || !BETWEEN.has(what) || (isTyped && what !== "ide")) return false;
  return isLineEnd(text, to);
}

/** What an IDE put behind words, in its own words. */
function behindWords(text: string, at: number): Envelope | null {
  const from = text.indexOf("<ide_", at);
  if (from < 0 || from > lineEnd(text, at)) return null;
  const envelope = envelopeAt(text, from);
  return envelope && text.startsWith("The user ", envelope.inside) ? envelope : null;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function isLineEnd(text: string, at: number): boolean {
  const rest = text.slice(at, lineEnd(text, at)).trim();
  return rest === "" || envelopeAt(rest, 0) !== null;
}

function spaceEnd(text: string, at: number): number {
  const rest = /\S/g;
  rest.lastIndex = at;
  return rest.exec(text)?.index ?? text.length;
}

/** Parts of one thing as one. */
function together(cuts: readonly Cut[]): Cut[] {
  const joined: Cut[] = [];
  for (const cut of cuts) {
    const last = joined.at(-1);
    if (last?.what === cut.what && TOGETHER.has(cut.what)) {
      joined[joined.length - 1] = { ...last, to: cut.to };
    } else joined.push(cut);
  }
  return joined;
}

/** The text without its cuts; a blank line stays where there was one. */
function without(text: string, cuts: readonly Cut[]): string | null {
  const ends = [0, ...cuts.map(({ to }) => to)];
  const begins = [...cuts.map(({ from }) => from), text.length];
  const parts = ends.map((end, i) => text.slice(end, begins[i]));
  return (
    parts
      .filter((part) => part.trim() !== "")
      .reduce(joined, "")
      .trimEnd() || null
  );
}

const BLANK_LINE = /\n\s*\n/;

function joined(left: string, right: string): string {
  const begin = right.trimStart();
  if (left === "") return begin;
  const end = left.trimEnd();
  const spaces = [left.slice(end.length), right.slice(0, right.length - begin.length)];
  return `${end}${spaces.some((space) => BLANK_LINE.test(space)) ? "\n\n" : "\n"}${begin}`;
}
