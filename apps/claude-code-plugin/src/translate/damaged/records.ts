import { asText, isObject, type Json } from "../json.ts";
import { scanObject } from "./objectScan.ts";

/** A whole record in a line, and where in it that begins, UTF-16 units. */
export interface Found {
  readonly index: number;
  readonly record: Json;
}

/** What can be read of a line, and what is wrong with it; null where nothing was lost. */
export interface Salvaged {
  readonly found: readonly Found[];
  readonly reason: string | null;
}

const BEGINNING = /\{\s*"/g;
/** What may stand between records and is no loss: a crash leaves runs of NUL, an editor a BOM. */
const NOTHING = /^[\s\0\uFEFF,]*$/;

/**
 * Reads a line of a transcript. A Claude Code that is killed leaves half a line without its newline,
 * or a run of NULs, and whoever writes next does so behind that; two writers at once lose newlines.
 * So a line may hold several records, whole ones and halves (anthropics/claude-code#81843).
 */
export function recordsIn(line: string): Salvaged {
  const whole = parseLine(line);
  if (isObject(whole)) return { found: [{ index: 0, record: whole }], reason: null };
  if (whole !== undefined) return { found: [], reason: "not a JSON object" };
  return line.trim() === "" ? { found: [], reason: null } : salvage(line);
}

/**
 * True for a line that no more can come of, though its newline is not there: no beginning of an
 * object is an object. False for one with bytes that are no UTF-8: its length in bytes is not known.
 */
export function isWholeLine(text: string): boolean {
  return text.trimEnd().endsWith("}") && !text.includes("\uFFFD") && isObject(parseLine(text));
}

function parseLine(line: string): unknown {
  return parse(line.startsWith("\uFEFF") ? line.slice(1) : line);
}

/** Undefined where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function salvage(text: string): Salvaged {
  const found: Found[] = [];
  const lost: Where[] = [];
  let done = 0;
  for (const { index, end, record } of wholeOnes(text)) {
    if (!NOTHING.test(text.slice(done, index))) lost.push(done === 0 ? "before" : "between");
    found.push({ index, record });
    done = end;
  }
  if (!NOTHING.test(text.slice(done))) lost.push("behind");
  return { found, reason: found.length === 0 ? nothingIn(text) : reasonOf(lost, found.length) };
}

/** The records in a line, in order, however damaged it is: its characters are looked at once or twice. */
function* wholeOnes(text: string): Generator<Found & { readonly end: number }> {
  for (let at = beginning(text, 0); at >= 0; ) {
    const { end, inner, next } = scanObject(text, at);
    const whole = end === null ? undefined : parse(text.slice(at, end));
    if (end !== null && isRecord(whole)) yield { index: at, end, record: whole };
    // What is whole within half a one may be the next one.
    for (const [from, to] of whole === undefined ? inner : []) {
      const record = parse(text.slice(from, to));
      if (isRecord(record)) yield { index: from, end: to, record };
    }
    at = beginning(text, next);
  }
}

function beginning(text: string, from: number): number {
  BEGINNING.lastIndex = from;
  return BEGINNING.exec(text)?.index ?? -1;
}

/** The parts of a record are objects with a type too, but no session has them. */
function isRecord(value: unknown): value is Json {
  if (!isObject(value) || asText(value.type) === null) return false;
  return asText(value.sessionId) !== null || asText(value.leafUuid) !== null;
}

type Where = "before" | "between" | "behind";

function reasonOf(lost: readonly Where[], count: number): string | null {
  const [first, ...more] = lost;
  if (first === undefined) return null;
  if (more.length > 0) return "half-written lines beside whole ones";
  return `a half-written line ${first} ${count === 1 ? "a whole one" : "whole ones"}`;
}

function nothingIn(text: string): string {
  if (NOTHING.test(text)) return "nothing but NULs";
  const at = beginning(text, 0);
  const { end, next } = at < 0 ? { end: 0, next: 0 } : scanObject(text, at);
  return end === null && next === text.length ? "a half-written line" : "not a JSON object";
}
