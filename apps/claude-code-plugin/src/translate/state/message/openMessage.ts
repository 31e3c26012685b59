import { asCount, larger } from "../../json.ts";
import type { AssistantLine } from "../../lines/assistantLine.ts";
import type { KnownEvent } from "../../rows/event.ts";
import type { KnownMessage } from "../../rows/message.ts";
import { wireLine, wireText } from "../../rows/text.ts";
import { fullest, NO_TOKENS, type Tokens } from "../../rows/tokens.ts";
import type { KnownToolCall } from "../../rows/toolCall.ts";
import { advisorEvent } from "../events.ts";
import type { Moment } from "../moment.ts";
import type { Place } from "../place.ts";
import { BegunCalls } from "./begunCalls.ts";
import { BlockTexts } from "./blockTexts.ts";
import type { Answer } from "./findAnswer.ts";

/** What a message's line tells beside the message. */
export interface ToldBeside {
  readonly calls: readonly KnownToolCall[];
  readonly events: readonly KnownEvent[];
}

const NOTHING: ToldBeside = { calls: [], events: [] };

/** All that the model had, by an answer's usage. */
export function inputOf({ input, cacheRead, cacheWrite }: Tokens): number {
  return (input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0);
}

/** Where a line begins, bytes, and what was known there: where a reader can begin. */
export interface LineStart {
  readonly offset: number;
  readonly before: Moment;
}

/** What is known of a message before its first line. */
export interface Begun {
  readonly apiId: string;
  readonly base: number;
  readonly turn: string | null;
  readonly start: LineStart;
}

/** An assistant message whose lines may still come. It grows by `add`, one line after the other. */
export class OpenMessage {
  readonly id: string;
  readonly sessionId: string;
  /** The API's id, which other messages may have too. */
  readonly apiId: string;
  readonly conversation: string;
  /** What its id and its blocks are known by (`answerKeys.ts`). */
  readonly base: number;
  readonly blocks = new Set<number>();
  /** The turn in which it began. */
  readonly turn: string | null;
  /** Of its first line. */
  readonly start: LineStart;
  /** While all that it says was said before: then it is not handed out. */
  isCopy: boolean;
  /** A call of it has its result. */
  isAnswered = false;
  /** Where its last line so far begins, bytes. */
  lastOffset: number;
  /** Changed since it was last handed out. */
  dirty = true;
  readonly #first: Place;
  readonly #texts = new BlockTexts();
  readonly #thoughts = new BlockTexts();
  readonly #calls: BegunCalls;
  #held = NOTHING;
  /** JSON of what was told. */
  readonly #advisors: string[] = [];
  #agent: string | null;
  #tokens: Tokens = NO_TOKENS;
  #model: string | null = null;
  #stopReason: string | null = null;
  #error: string | null = null;
  requestId: string | null = null;
  #cost: number | null = null;
  #durationMs: number | null = null;
  #createdAt: number | null = null;
  #lastAt: number | null = null;
  #requestedAt: number | null = null;
  #observedAt = 0;

  constructor(answer: Answer, place: Place, begun: Begun) {
    this.id = answer.id;
    this.isCopy = answer.isCopy;
    this.sessionId = place.sessionId;
    this.conversation = place.conversation;
    this.apiId = begun.apiId;
    this.base = begun.base;
    this.turn = begun.turn;
    this.start = begun.start;
    this.lastOffset = place.offset;
    this.#first = place;
    this.#calls = new BegunCalls(answer.id);
    this.#agent = place.agent;
  }

  /** The texts of its blocks, a blank line between two; null where there is none. */
  get text(): string | null {
    return wireText(this.#texts.text);
  }

  /** All that was put in, as far as its lines tell. */
  get input(): number {
    return inputOf(this.#tokens);
  }

  /** When its first line that tells a time was written, epoch ms. */
  get createdAt(): number | null {
    return this.#createdAt;
  }

  /** True while none of its lines told a time (M6). */
  get isTimeless(): boolean {
    return this.#createdAt === null;
  }

  /**
   * Takes the message's next line, in the order of the file, which was written in `cwd`. Returns
   * what was told beside the message and not handed out before: nothing while it is a copy.
   */
  add(
    line: AssistantLine,
    place: Place,
    cwd: string | null,
    blocks: readonly number[],
  ): ToldBeside {
    for (const block of blocks) this.blocks.add(block);
    const { uuid, index, texts, thoughts } = line;
    this.#texts.add({ uuid, index, texts });
    this.#thoughts.add({ uuid, index, texts: thoughts });
    // Each line repeats the message's usage, and older ones a part of it.
    this.#tokens = fullest(this.#tokens, line.tokens);
    this.#model = line.model ?? this.#model;
    this.#agent = place.agent ?? line.agent ?? this.#agent;
    this.#stopReason = line.stopReason ?? this.#stopReason;
    this.#error = line.error ?? this.#error;
    this.requestId = line.requestId ?? this.requestId;
    this.#cost = larger(this.#cost, line.cost);
    this.#durationMs = larger(this.#durationMs, line.durationMs);
    this.#createdAt ??= place.at;
    this.#lastAt = larger(this.#lastAt, place.at);
    this.#observedAt = Math.max(this.#observedAt, place.observedAt);
    const { request } = this.start.before;
    if (request && request.id === line.requestRef) this.#requestedAt = request.at;
    this.lastOffset = place.offset;
    this.dirty = true;
    const told = {
      calls: this.#calls.add(line, place, cwd),
      events: this.#advisorEvents(line, place),
    };
    return this.#release(told);
  }

  #release(told: ToldBeside): ToldBeside {
    const held = this.#held;
    if (held === NOTHING && !this.isCopy) return told;
    const calls = [...held.calls, ...told.calls];
    const events = [...held.events, ...told.events];
    this.#held = this.isCopy ? { calls, events } : NOTHING;
    return this.isCopy ? NOTHING : { calls, events };
  }

  /** Each line repeats them. */
  #advisorEvents(line: AssistantLine, place: Place): KnownEvent[] {
    return line.advisors.flatMap((told, i) => {
      const text = JSON.stringify(told);
      if (this.#advisors[i] === text) return [];
      this.#advisors[i] = text;
      return [advisorEvent(this, told, i + 1, place)];
    });
  }

  /** True where it made that call. */
  made(callId: string): boolean {
    return this.#calls.has(callId);
  }

  /**
   * The message as its lines so far tell it. Of two that were observed at one time the fuller one is
   * the later, so that a part that was written again, whichever file it stands in, is no news.
   */
  toKnown(): KnownMessage {
    const { isTimeless, text } = this;
    const reasoning = this.#thoughts.text;
    const completedAt = this.#stopReason === null || isTimeless ? null : this.#lastAt;
    const asked = this.#requestedAt;
    const took = completedAt !== null && asked !== null ? asCount(completedAt - asked) : null;
    return {
      id: this.id,
      sessionId: this.sessionId,
      role: "assistant",
      text,
      reasoning,
      attachments: null,
      model: wireLine(this.#model),
      agent: wireLine(this.#agent),
      agentId: this.#first.agentId,
      isSidechain: this.#first.isSidechain,
      requestId: this.requestId,
      // A copy keeps the id of the API.
      copiedFromId: this.#first.copiedFrom === null ? null : this.id,
      finishReason: wireLine(this.#stopReason),
      error: wireText(this.#error),
      tokens: this.#tokens,
      cost: this.#cost,
      durationMs: took ?? this.#durationMs,
      createdAt: this.#createdAt,
      completedAt,
      updatedAt: this.#lastAt,
      observedAt: this.#observedAt,
      observedSeq: (text?.length ?? 0) + reasoning.length + this.blocks.size,
    };
  }
}
