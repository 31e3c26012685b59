import { MAX_COUNT } from "@duolog/contract";
import type { AssistantLine } from "./entry.ts";
import { asCount, larger } from "./json.ts";
import { fullest, type KnownMessage, NO_TOKENS, type Tokens } from "./known.ts";
import type { Moment } from "./moment.ts";
import { wireLine, wireText } from "./text.ts";

/** The text blocks of one line. */
interface Block {
  uuid: string | null;
  index: number | null;
  texts: readonly string[];
}

/** Whose file a line stands in, and what else is not in the line's body. */
export interface Place {
  readonly sessionId: string;
  readonly agentId: string | null;
  readonly agent: string | null;
  /** Byte offset of the line. */
  readonly offset: number;
  /** The line's own time, epoch ms. */
  readonly at: number | null;
  /** The line's own time, else the latest before it (M4's time of observation), epoch ms. */
  readonly observedAt: number;
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
  #agentId: string | null;
  #agent: string | null;
  #blocks: Block[] = [];
  #tokens: Tokens = NO_TOKENS;
  #model: string | null = null;
  #stopReason: string | null = null;
  #error: string | null = null;
  #createdAt: number | null = null;
  #lastAt: number | null = null;
  #requestedAt: number | null = null;
  #observedAt = 0;

  constructor(id: string, place: Place, before: Moment) {
    this.id = id;
    this.sessionId = place.sessionId;
    this.firstOffset = place.offset;
    this.lastOffset = place.offset;
    this.before = before;
    this.#agentId = place.agentId;
    this.#agent = place.agent;
  }

  /** The texts of its blocks, a blank line between two; null where there is none. */
  get text(): string | null {
    return wireText(this.#blocks.flatMap((block) => block.texts).join("\n\n"));
  }

  /** True while none of its lines told a time (M6). */
  get isTimeless(): boolean {
    return this.#createdAt === null;
  }

  /** Takes the message's next line, in the order of the file. */
  add(line: AssistantLine, place: Place): void {
    this.#addBlock({ uuid: line.uuid, index: line.index, texts: line.texts });
    // Each line repeats the message's usage, and older ones a part of it.
    this.#tokens = fullest(this.#tokens, line.tokens);
    this.#model = line.model ?? this.#model;
    this.#agent = place.agent ?? line.agent ?? this.#agent;
    this.#stopReason = line.stopReason ?? this.#stopReason;
    this.#error = line.error ?? this.#error;
    this.#createdAt ??= place.at;
    this.#lastAt = larger(this.#lastAt, place.at);
    this.#observedAt = Math.max(this.#observedAt, place.observedAt);
    const { request } = this.before;
    if (request && request.id === line.requestRef) this.#requestedAt = request.at;
    this.lastOffset = place.offset;
    this.dirty = true;
  }

  /** A line that repeats or continues one we have takes its place, whoever wrote it twice. */
  #addBlock(block: Block): void {
    const same = this.#blocks.find((known) => isSameBlock(known, block));
    if (same) {
      if (length(block) >= length(same)) same.texts = block.texts;
      return;
    }
    const last = this.#blocks.at(-1);
    if (last && block.index === null && continues(last.texts, block.texts)) {
      last.texts = block.texts;
      return;
    }
    this.#blocks.push(block.index === null ? this.#withoutRepeats(block) : block);
  }

  #withoutRepeats(block: Block): Block {
    const known = new Set(this.#blocks.flatMap(({ texts }) => texts));
    return { ...block, texts: block.texts.filter((text) => !known.has(text)) };
  }

  /** The message as its lines so far tell it. */
  toKnown(): KnownMessage {
    const { isTimeless } = this;
    const completedAt = this.#stopReason === null || isTimeless ? null : this.#lastAt;
    const asked = this.#requestedAt;
    const took = completedAt !== null && asked !== null ? completedAt - asked : null;
    return {
      id: this.id,
      sessionId: this.sessionId,
      role: "assistant",
      text: this.text,
      model: wireLine(this.#model),
      agent: wireLine(this.#agent),
      agentId: this.#agentId,
      finishReason: wireLine(this.#stopReason),
      error: wireText(this.#error),
      tokens: this.#tokens,
      durationMs: asCount(took, MAX_COUNT),
      createdAt: this.#createdAt,
      completedAt,
      updatedAt: this.#lastAt,
      observedAt: this.#observedAt,
      observedSeq: this.lastOffset,
    };
  }
}

function isSameBlock(a: Block, b: Block): boolean {
  if (a.uuid !== null && a.uuid === b.uuid) return true;
  return a.index !== null && a.index === b.index;
}

function length(block: Block): number {
  return block.texts.reduce((sum, text) => sum + text.length, 0);
}

/** True where `next` is what `texts` grew into. */
function continues(texts: readonly string[], next: readonly string[]): boolean {
  if (texts.length === 0 || next.length < texts.length) return false;
  return texts.every((text, i) => {
    const grown = next[i] ?? "";
    return i === texts.length - 1 ? grown.startsWith(text) : grown === text;
  });
}
