import { type IngestRecord, MIN_TIME } from "@duolog/contract";
import type { AssistantLine } from "./lines/assistantLine.ts";
import type { Body } from "./lines/body.ts";
import { type Entry, type Head, parseLine } from "./lines/entry.ts";
import { eventUpsert, type KnownEvent } from "./rows/event.ts";
import { type KnownMessage, messageUpsert } from "./rows/message.ts";
import { sessionUpsert } from "./rows/session.ts";
import { wireLine } from "./rows/text.ts";
import { type KnownToolCall, toolCallUpsert } from "./rows/toolCall.ts";
import { promptsTaken } from "./said/queue.ts";
import { eventsOf } from "./state/events.ts";
import { type Moment, nextMoment, START } from "./state/moment.ts";
import { callsContinued, childOf } from "./state/openCalls.ts";
import { type LineStart, OpenMessage } from "./state/openMessage.ts";
import type { Place } from "./state/place.ts";
import { givenBeside, promptOf, timed } from "./state/prompts.ts";
import { RecentLines } from "./state/recentLines.ts";
import {
  NEW_SESSION,
  nextSession,
  type SessionState,
  toKnownSession,
  withTime,
} from "./state/session.ts";
import { type Stop, Stops, type Timeless, tailOf } from "./state/stops.ts";

/** Whose lines a transcript holds. */
export interface TranscriptOwner {
  readonly sessionId: string;
  /** The sub-agent's id, null in the session's own transcript. */
  readonly agentId: string | null;
  /** The sub-agent's type, from its `.meta.json`. */
  readonly agentType: string | null;
  /** The call that started the sub-agent, from its `.meta.json`; that may be another sub-agent's. */
  readonly toolUseId?: string | null;
}

/** One line without its newline, and where in the file it begins, bytes. */
export interface Line {
  readonly offset: number;
  readonly text: string;
}

/** Where to go on reading, and what the lines before say about those after. Plain data. */
export interface Cursor {
  /** The first byte that is still needed. */
  readonly offset: number;
  readonly moment: Moment;
  /** What the lines up to `upTo` say of the session. */
  readonly session: SessionState;
  /** Bytes. */
  readonly upTo: number;
  /** The uuids of the session's last lines before `upTo`; older forwarders kept none. */
  readonly recent?: readonly string[];
  /** Messages that began before `offset` and ended after it, each with its last line: done with. */
  readonly done: readonly (readonly [key: string, lastOffset: number])[];
  readonly stops: readonly Stop[];
  readonly timeless: readonly Timeless[];
}

/**
 * An assistant message is taken to grow no more once this many others have begun, or lie this many
 * bytes behind. A rule on the lines alone, so that every way of reading a file closes it at the
 * same line; Claude Code itself writes a message's lines within one turn of the model.
 */
const MAX_OPEN = 16;
const MAX_OPEN_BYTES = 4 * 1024 * 1024;
/** Even past those bytes: a tool's result of 20 MB may stand between two lines of a message. */
const ALWAYS_OPEN = 2;

/**
 * Turns a transcript's lines into upserts. What it says depends on the lines alone: however the
 * file is read, in one go or as it grows, stopped and continued at any cursor, the merge of all
 * that it hands out is the same. No I/O, no clock.
 */
export class Transcript {
  readonly owner: TranscriptOwner;
  #moment: Moment;
  #session: SessionState;
  /** Offset of the line that changed the session last. */
  #sessionSeq: number;
  #sessionDirty = false;
  #upTo: number;
  #position: number;
  /** The last line of each message that is closed, as far as a cursor may need it. */
  readonly #closed: Map<string, number>;
  readonly #open = new Map<string, OpenMessage>();
  readonly #stops: Stops;
  readonly #recent: RecentLines;
  #records: IngestRecord[] = [];

  constructor(owner: TranscriptOwner, cursor: Cursor | null = null) {
    this.owner = owner;
    this.#moment = cursor?.moment ?? START;
    this.#session = cursor?.session ?? NEW_SESSION;
    this.#upTo = cursor?.upTo ?? 0;
    this.#sessionSeq = this.#upTo;
    this.#position = cursor?.offset ?? 0;
    this.#closed = new Map(cursor?.done);
    this.#stops = new Stops(cursor?.stops ?? [], cursor?.timeless ?? []);
    this.#recent = new RecentLines(cursor?.recent ?? []);
  }

  /** True once the session has a row. */
  get hasSession(): boolean {
    return this.#session.createdAt !== null || this.#session.status !== null;
  }

  /**
   * Takes the next line, which ends before byte `end`. Returns what of it is lost because it is
   * broken, else null.
   */
  add(line: Line, end: number): string | null {
    const { entries, reason } = parseLine(line.text);
    const start = { offset: line.offset, before: this.#moment };
    for (const entry of entries) {
      // Each has a place of its own, within the line.
      const bytes = entry.index === 0 ? 0 : Buffer.byteLength(line.text.slice(0, entry.index));
      this.#addSaid(entry, Math.min(line.offset + bytes, end - 1), start);
    }
    this.#position = end;
    if (end > this.#upTo) this.#upTo = end;
    return reason;
  }

  #addSaid({ head, body }: Entry, offset: number, start: LineStart): void {
    const before = this.#moment;
    const place = this.#place(head, offset);
    this.#moment = nextMoment(before, head, body, place);
    if (place.sessionId === this.owner.sessionId) this.#addToSession(head, body, offset);
    if (before.clock === null && head.at !== null) this.#addStarter(place);
    if (body.kind === "prompt") this.#pushMessage(promptOf(body, place));
    for (const known of promptsTaken(before.queue, body, place)) this.#pushMessage(known);
    if (body.kind === "given") this.#pushGiven(place);
    if (body.kind === "assistant") this.#addAssistant(body.line, place, start, head.cwd);
    for (const call of callsContinued(before, body, place)) this.#pushCall(call);
    for (const event of eventsOf(before, head, body, place)) this.#pushEvent(event);
  }

  /** Takes a Stop hook's note (M6). */
  stop(stop: Stop): void {
    this.#stops.stop(stop);
  }

  /** What the lines so far say and was not handed out yet. */
  take(): IngestRecord[] {
    if (this.#sessionDirty && this.hasSession) this.#records.unshift(this.#sessionRecord());
    this.#sessionDirty = false;
    for (const message of this.#open.values()) this.#hand(message);
    for (const { message, at } of this.#stops.take()) {
      this.#pushMessage(timed(message, this.owner.agentId, at));
    }
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Valid for what `take` handed out. */
  cursor(): Cursor {
    const [first] = this.#open.values();
    const offset = first?.firstOffset ?? this.#position;
    return {
      offset,
      moment: first?.before ?? this.#moment,
      session: this.#session,
      upTo: this.#upTo,
      recent: this.#recent.uuids,
      done: [...this.#closed].filter(([, lastOffset]) => lastOffset >= offset),
      stops: this.#stops.stops,
      timeless: this.#stops.timeless,
    };
  }

  #place(head: Head, offset: number): Place {
    const sessionId = head.sessionId ?? this.owner.sessionId;
    const isInline = this.owner.agentId === null && head.isSidechain === true;
    return {
      sessionId,
      agentId: this.owner.agentId ?? (isInline ? head.agentId : null),
      agent: wireLine(this.owner.agentType),
      isSidechain: head.isSidechain,
      isOwn: sessionId === this.owner.sessionId && !isInline,
      copiedFrom: head.copiedFrom,
      offset,
      at: head.at,
      observedAt: head.at ?? this.#moment.clock ?? MIN_TIME,
    };
  }

  #addToSession(head: Head, body: Body, offset: number): void {
    if (offset < this.#upTo || this.#recent.isOfOthers(body)) return;
    if (head.uuid !== null) this.#recent.add(head.uuid);
    const next =
      this.owner.agentId === null
        ? nextSession(this.#session, head, body)
        : withTime(this.#session, head.at);
    if (next === this.#session) return;
    this.#session = next;
    this.#sessionSeq = offset;
    this.#sessionDirty = true;
  }

  #sessionRecord(): IngestRecord {
    const { sessionId, agentId } = this.owner;
    const state =
      agentId === null ? this.#session : { ...NEW_SESSION, updatedAt: this.#session.updatedAt };
    return {
      kind: "session",
      data: sessionUpsert(toKnownSession(sessionId, state, this.#sessionSeq)),
    };
  }

  /** The first line that tells a time tells when the sub-agent's starter is known. */
  #addStarter(place: Place): void {
    const { agentId, toolUseId } = this.owner;
    if (agentId !== null && toolUseId) this.#pushCall(childOf(toolUseId, agentId, place));
  }

  #pushGiven(place: Place): void {
    const { prompt } = this.#moment;
    if (prompt) this.#pushMessage(givenBeside(prompt, place));
  }

  #addAssistant(line: AssistantLine, place: Place, start: LineStart, cwd: string | null): void {
    const key = keyOf({ sessionId: place.sessionId, id: line.id });
    if (place.offset <= (this.#closed.get(key) ?? -1)) return;
    const message = this.#open.get(key) ?? new OpenMessage(line.id, place, start);
    const beside = message.add(line, place, cwd ?? start.before.cwd);
    for (const call of beside.calls) this.#pushCall(call);
    for (const event of beside.events) this.#pushEvent(event);
    this.#open.set(key, message);
    this.#noteTime(message);
    this.#close(place.offset);
  }

  #noteTime(message: OpenMessage): void {
    const { id, sessionId, text } = message;
    const { promptId } = this.#moment;
    if (message.isTimeless) this.#stops.wait({ id, sessionId, promptId, tail: tailOf(text) });
    else this.#stops.forget(id);
  }

  #close(offset: number): void {
    for (const [key, message] of this.#open) {
      const count = this.#open.size;
      const far = count > ALWAYS_OPEN && offset - message.firstOffset > MAX_OPEN_BYTES;
      if (count <= MAX_OPEN && !far) break;
      this.#hand(message);
      this.#open.delete(key);
      this.#closed.set(key, message.lastOffset);
    }
    const [first] = this.#open.values();
    for (const [key, lastOffset] of this.#closed) {
      if (lastOffset < (first?.firstOffset ?? 0)) this.#closed.delete(key);
    }
  }

  #hand(message: OpenMessage): void {
    if (message.dirty) this.#pushMessage(message.toKnown());
    message.dirty = false;
  }

  #pushMessage(known: KnownMessage): void {
    this.#records.push({ kind: "message", data: messageUpsert(known) });
  }

  #pushCall(known: KnownToolCall): void {
    this.#records.push({ kind: "toolCall", data: toolCallUpsert(known) });
  }

  #pushEvent(known: KnownEvent): void {
    this.#records.push({ kind: "event", data: eventUpsert(known) });
  }
}

function keyOf({ sessionId, id }: { sessionId: string; id: string }): string {
  return `${sessionId} ${id}`;
}
