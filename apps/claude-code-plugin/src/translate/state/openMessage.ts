import { asCount, larger } from "../json.ts";
import type { AssistantLine } from "../lines/assistantLine.ts";
import type { KnownEvent } from "../rows/event.ts";
import type { KnownMessage } from "../rows/message.ts";
import { wireLine, wireText } from "../rows/text.ts";
import { fullest, NO_TOKENS, type Tokens } from "../rows/tokens.ts";
import type { KnownToolCall } from "../rows/toolCall.ts";
import { BegunCalls } from "./begunCalls.ts";
import { BlockTexts } from "./blockTexts.ts";
import { advisorEvent } from "./events.ts";
import type { Moment } from "./moment.ts";
import type { Place } from "./place.ts";

/** What a message's line tells beside the message. */
export interface Beside {
  readonly calls: readonly KnownToolCall[];
  readonly events: readonly KnownEvent[];
}

/** Where a line begins, bytes, and what was known before it: a reader that starts there begins so. */
export interface LineStart {
  readonly offset: number;
  readonly before: Moment;
}

/** An assistant message whose lines may still come. It grows by `add`, one line after the other. */
export class OpenMessage {
  readonly id: string;
  readonly sessionId: string;
  /** Where its first line begins, bytes. */
  readonly firstOffset: number;
  /** What was known before its first line: where a reader that starts there begins. */
  readonly before: Moment;
  /** Where its last line so far begins, bytes. */
  lastOffset: number;
  /** Changed since it was last handed out. */
  dirty = true;
  readonly #first: Place;
  readonly #texts = new BlockTexts();
  readonly #thoughts = new BlockTexts();
  readonly #calls = new BegunCalls();
  /** JSON of what was told. */
  readonly #advisors: string[] = [];
  #agent: string | null;
  #tokens: Tokens = NO_TOKENS;
  #model: string | null = null;
  #stopReason: string | null = null;
  #error: string | null = null;
  #requestId: string | null = null;
  #cost: number | null = null;
  #durationMs: number | null = null;
  #createdAt: number | null = null;
  #lastAt: number | null = null;
  #requestedAt: number | null = null;
  #observedAt = 0;

  constructor(id: string, place: Place, start: LineStart) {
    this.id = id;
    this.sessionId = place.sessionId;
    this.firstOffset = start.offset;
    this.lastOffset = place.offset;
    this.before = start.before;
    this.#first = place;
    this.#agent = place.agent;
  }

  /** The texts of its blocks, a blank line between two; null where there is none. */
  get text(): string | null {
    return wireText(this.#texts.text);
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
   * what it tells beside the message and was not told before.
   */
  add(line: AssistantLine, place: Place, cwd: string | null): Beside {
    const { uuid, index, texts, thoughts } = line;
    this.#texts.add({ uuid, index, texts });
    this.#thoughts.add({ uuid, index, texts: thoughts });
    // Each line repeats the message's usage, and older ones a part of it.
    this.#tokens = fullest(this.#tokens, line.tokens);
    this.#model = line.model ?? this.#model;
    this.#agent = place.agent ?? line.agent ?? this.#agent;
    this.#stopReason = line.stopReason ?? this.#stopReason;
    this.#error = line.error ?? this.#error;
    this.#requestId = line.requestId ?? this.#requestId;
    this.#cost = larger(this.#cost, line.cost);
    this.#durationMs = larger(this.#durationMs, line.durationMs);
    this.#createdAt ??= place.at;
    this.#lastAt = larger(this.#lastAt, place.at);
    this.#observedAt = Math.max(this.#observedAt, place.observedAt);
    const { request } = this.before;
    if (request && request.id === line.requestRef) this.#requestedAt = request.at;
    this.lastOffset = place.offset;
    this.dirty = true;
    return { calls: this.#calls.add(line, place, cwd), events: this.#advisorEvents(line, place) };
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

  /** The message as its lines so far tell it. */
  toKnown(): KnownMessage {
    const { isTimeless } = this;
    const completedAt = this.#stopReason === null || isTimeless ? null : this.#lastAt;
    const asked = this.#requestedAt;
    const took = completedAt !== null && asked !== null ? asCount(completedAt - asked) : null;
    return {
      id: this.id,
      sessionId: this.sessionId,
      role: "assistant",
      text: this.text,
      reasoning: this.#thoughts.text,
      attachments: null,
      model: wireLine(this.#model),
      agent: wireLine(this.#agent),
      agentId: this.#first.agentId,
      isSidechain: this.#first.isSidechain,
      requestId: this.#requestId,
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
      observedSeq: this.lastOffset,
    };
  }
}
