import { type Found, type IngestRecord, MIN_TIME } from "@duolog/contract";
import type { AssistantLine } from "./lines/assistantLine.ts";
import type { Body } from "./lines/body.ts";
import { type Head, parseLine } from "./lines/entry.ts";
import { namesIn } from "./named.ts";
import { eventUpsert, type KnownEvent } from "./rows/event.ts";
import { type KnownMessage, messageUpsert } from "./rows/message.ts";
import { type KnownSession, sessionUpsert } from "./rows/session.ts";
import { type KnownToolCall, toolCallUpsert } from "./rows/toolCall.ts";
import { promptsTaken } from "./said/queue.ts";
import { type Beside, Copies } from "./state/copies/copies.ts";
import { Said } from "./state/copies/said.ts";
import { eventsOf } from "./state/events.ts";
import { Answers } from "./state/message/answers.ts";
import type { LineStart, OpenMessage } from "./state/message/openMessage.ts";
import { conditionIn, type Moment, momentAfterCopy, nextMoment, START } from "./state/moment.ts";
import { callsContinued, childOf } from "./state/openCalls.ts";
import { type Place, placeOf } from "./state/place.ts";
import { givenBeside, promptOf, timed } from "./state/prompts.ts";
import type { SessionState } from "./state/session/facts.ts";
import { Sessions } from "./state/session/sessions.ts";
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
  /** Hashes of what the lines before `offset` said, in base64. */
  readonly said: string;
  /** What the lines up to `upTo` say of the sessions that they name. */
  readonly sessions: readonly SessionState[];
  /** Bytes. */
  readonly upTo: number;
  readonly stops: readonly Stop[];
  readonly timeless: readonly Timeless[];
}

/** A line as it was read. */
interface TakenLine {
  readonly head: Head;
  readonly body: Body;
  /** Bytes. */
  readonly offset: number;
  readonly start: LineStart;
  /** Not read before: what it tells of its session was not told. */
  readonly isNew: boolean;
}

/** So many lines a prompt waits for the next one that tells whether it is a copy. */
const MAX_HELD = 64;

/**
 * Turns a transcript's lines into upserts. What it says depends on the lines alone: however the
 * file is read, in one go or as it grows, stopped and continued at any cursor, the merge of all
 * that it hands out is the same. A sub-agent's is read with the session's own `beside` it, which were
 * read before. No I/O, no clock.
 */
export class Transcript {
  readonly owner: TranscriptOwner;
  /** What its lines said so far. */
  readonly said: Said;
  #moment: Moment;
  readonly #sessions: Sessions;
  #upTo: number;
  #position: number;
  readonly #copies: Copies;
  readonly #answers: Answers;
  /** Lines from a prompt on of which the next prompt or answer tells whether it is a copy. */
  #held: readonly TakenLine[] = [];
  readonly #stops: Stops;
  #records: IngestRecord[] = [];
  #named: string[] = [];
  #damaged: string[] = [];
  readonly #unknown = new Set<string>();

  constructor(
    owner: TranscriptOwner,
    cursor: Cursor | null = null,
    beside: readonly Beside[] = [],
  ) {
    this.owner = owner;
    this.said = new Said(cursor?.said);
    this.#moment = cursor?.moment ?? START;
    this.#sessions = new Sessions(owner, cursor?.sessions ?? [], beside);
    this.#upTo = cursor?.upTo ?? 0;
    this.#position = cursor?.offset ?? 0;
    this.#copies = new Copies(this.said, beside);
    this.#answers = new Answers(this.said, beside);
    this.#stops = new Stops(cursor?.stops ?? [], cursor?.timeless ?? []);
  }

  /** True once the session has a row. */
  get hasSession(): boolean {
    return this.#sessions.hasOwn;
  }

  /**
   * Takes the next line, which ends before byte `end`. Returns what of it is lost because it is
   * broken, else null.
   */
  add(line: Line, end: number): string | null {
    const { entries, damaged, reason } = parseLine(line.text);
    this.#damaged.push(...damaged);
    const start = { offset: line.offset, before: this.#moment };
    for (const entry of entries) {
      const { head, body, index } = entry;
      this.#named.push(...namesIn(entry));
      if (body.kind === "unknown") this.#unknown.add(body.type);
      // Each has a place of its own, within the line.
      const bytes = index === 0 ? 0 : Buffer.byteLength(line.text.slice(0, index));
      const offset = Math.min(line.offset + bytes, end - 1);
      this.#take({ head, body, offset, start, isNew: offset >= this.#upTo });
    }
    this.#position = end;
    if (end > this.#upTo) this.#upTo = end;
    return reason;
  }

  #take(line: TakenLine): void {
    const { body } = line;
    const tells = body.kind === "prompt" || body.kind === "assistant";
    if (this.#held.length === 0) this.#addSaid(line);
    else if (!tells && this.#held.length < MAX_HELD) this.#held = [...this.#held, line];
    else {
      this.#settle(line);
      this.#addSaid({ ...line, start: { ...line.start, before: this.#moment } });
    }
  }

  /** A prompt in the main conversation's words is a sub-agent's own if that is what it answers next. */
  #settle({ head, body, offset }: TakenLine): void {
    const [first, ...others] = this.#held;
    if (first === undefined) return;
    this.#held = [];
    const place = this.#placeOf(head, body, offset);
    const isAnswered = body.kind === "assistant" && !this.#copies.isAnswerOfMain(body, place);
    const isCopy = body.kind === "prompt" || (body.kind === "assistant" && !isAnswered);
    if (isCopy) this.#passOver(first.body, first.head.at);
    else this.#addOwn(first, this.#placeOf(first.head, first.body, first.offset));
    for (const line of others) this.#addSaid(line);
  }

  #placeOf(head: Head, body: Body, offset: number): Place {
    return placeOf(this.owner, this.#moment, head, body, offset);
  }

  #addSaid(line: TakenLine): void {
    const { head, body, offset } = line;
    const before = this.#moment;
    const place = this.#placeOf(head, body, offset);
    if (before.clock === null && head.at !== null) this.#addStarter(place);
    if (this.#copies.isCopy(body, place, before.begun)) this.#passOver(body, head.at);
    else if (this.#isDoubtful(body, place)) this.#held = [line];
    else this.#addOwn(line, place);
  }

  #isDoubtful(body: Body, place: Place): boolean {
    if (body.kind !== "prompt" || this.#moment.begun) return false;
    return this.#copies.isInWordsOfMain(body, place);
  }

  /** Of a copy only its time counts. */
  #passOver(body: Body, at: number | null): void {
    this.#moment = momentAfterCopy(this.#moment, body, at);
  }

  #addOwn({ head, body, start, isNew }: TakenLine, place: Place): void {
    const before = this.#moment;
    const message =
      body.kind === "assistant" ? this.#addAnswer(body.line, head, place, start) : null;
    if (message?.isCopy) {
      this.#passOver(body, head.at);
      return;
    }
    this.#moment = nextMoment(before, head, body, place);
    if (place.starter !== null) this.#pushCall(childOf(place.starter, place.starter, place));
    for (const known of promptsTaken(before.queue, body, place)) this.#pushMessage(known);
    if (message) this.#noteTime(message);
    if (body.kind === "prompt") this.#pushMessage(promptOf(body, place));
    if (body.kind === "prompt" || message) this.#begin(place);
    if (body.kind === "given") this.#pushGiven(place);
    if (body.kind === "toolResult") this.#answers.ended(body.results);
    if (isNew) this.#sessions.add(head, body, place, this.#moment.clock ?? MIN_TIME);
    for (const call of callsContinued(before, body, place)) this.#pushCall(call);
    for (const event of eventsOf(before, head, named(body, message), place)) this.#pushEvent(event);
  }

  /** Takes a Stop hook's note (M6). */
  stop(stop: Stop): void {
    this.#stops.stop(stop);
  }

  /** What the lines so far say and was not handed out yet. */
  take(): IngestRecord[] {
    const sessions = this.#sessions.take().map(sessionRecord);
    for (const message of this.#answers.take()) this.#pushMessage(message.toKnown());
    for (const { message, at } of this.#stops.take()) {
      this.#pushMessage(timed(message, this.owner.agentId, at));
    }
    const records = [...sessions, ...this.#records];
    this.#records = [];
    return records;
  }

  /** What else the lines since the last call tell, as of Found. */
  takeNamed(): Required<Pick<Found, "named" | "damaged" | "unknown">> {
    const taken = { named: this.#named, damaged: this.#damaged, unknown: [...this.#unknown] };
    this.#named = [];
    this.#damaged = [];
    this.#unknown.clear();
    return taken;
  }

  /** Valid for what `take` handed out. */
  cursor(): Cursor {
    const now = { offset: this.#position, before: this.#moment };
    const held = this.#held[0]?.start;
    const { offset, before } = this.#answers.begin() ?? held ?? now;
    return {
      offset,
      moment: before,
      said: this.said.asOf(offset),
      sessions: this.#sessions.toState(),
      upTo: held?.offset ?? this.#upTo,
      stops: this.#stops.stops,
      timeless: this.#stops.timeless,
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

  #addAnswer(line: AssistantLine, head: Head, place: Place, start: LineStart): OpenMessage {
    const before = this.#moment;
    const cwd = head.cwd ?? conditionIn(before, place.sessionId).cwd;
    const { message, beside } = this.#answers.add(line, place, before, start, cwd);
    for (const call of beside.calls) this.#pushCall(call);
    for (const event of beside.events) this.#pushEvent(event);
    return message;
  }

  /** The speaker of the file says something of its own. */
  #begin({ isOwn }: Place): void {
    if (isOwn && !this.#moment.begun) this.#moment = { ...this.#moment, begun: true };
  }

  #noteTime(message: OpenMessage): void {
    const { id, sessionId } = message;
    const { promptId } = this.#moment;
    if (!message.isTimeless) this.#stops.forget(id);
    else this.#stops.wait({ id, sessionId, promptId, tail: tailOf(message.text) });
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

function sessionRecord(known: KnownSession): IngestRecord {
  return { kind: "session", data: sessionUpsert(known) };
}

/** An answer's line under the id of its row. */
function named(body: Body, message: OpenMessage | null): Body {
  if (body.kind !== "assistant" || message === null || message.id === body.line.id) return body;
  return { kind: "assistant", line: { ...body.line, id: message.id } };
}
