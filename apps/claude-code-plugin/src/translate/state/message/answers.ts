import type { AssistantLine } from "../../lines/assistantLine.ts";
import type { ToolResult } from "../../tools/toolResult.ts";
import type { Beside } from "../copies/copies.ts";
import type { Said } from "../copies/said.ts";
import type { Moment } from "../moment.ts";
import type { Place } from "../place.ts";
import { AnswerKeys, blockKeys } from "./answerKeys.ts";
import { type Answer, findAnswer, isRepeat, type Told, turnOf } from "./findAnswer.ts";
import { type LineStart, OpenMessage, type ToldBeside } from "./openMessage.ts";

/**
 * An assistant message is taken to grow no more once this many others have begun, or lie this many
 * bytes behind. A rule on the lines alone, so that every way of reading a file closes it at the
 * same line; Claude Code itself writes a message's lines within one turn of the model.
 */
const MAX_OPEN = 16;
const MAX_OPEN_BYTES = 4 * 1024 * 1024;
/** Even past those bytes: a tool's result of 20 MB may stand between two lines of a message. */
const ALWAYS_OPEN = 2;

/** The lines of a message that takes no more. */
interface Past {
  readonly start: LineStart;
  readonly lastOffset: number;
}

/** A transcript's assistant messages: those that may still grow, and where the others lie. */
export class Answers {
  readonly #said: Said;
  readonly #beside: readonly Beside[];
  /** In the order of their beginnings. */
  #open: OpenMessage[] = [];
  /** Of those that are closed: which a reader that begins at an open one would know in part. */
  #past: readonly Past[] = [];
  /** Closed since the last hand-out. */
  #closed: OpenMessage[] = [];

  constructor(said: Said, beside: readonly Beside[]) {
    this.#said = said;
    this.#beside = beside;
  }

  /** Takes the next line, before which that was known; returns its message and what it tells beside it. */
  add(
    line: AssistantLine,
    place: Place,
    before: Moment,
    start: LineStart,
    cwd: string | null,
  ): { readonly message: OpenMessage; readonly beside: ToldBeside } {
    const growing = this.#growing(line, place);
    const message = growing ?? this.#messageOf(line, place, before, start);
    const blocks = blockKeys(line, message.base, place.main);
    const beside = message.add(line, place, cwd, blocks);
    if (!message.isCopy) for (const block of blocks) this.#said.add(block, place.offset);
    this.#close(place.offset);
    return { message, beside };
  }

  /** Most lines continue an answer that is known by its request, and is no copy. */
  #growing({ id, requestId }: AssistantLine, { conversation }: Place): OpenMessage | undefined {
    if (requestId === null) return undefined;
    return this.#open.find(
      (one) =>
        one.requestId === requestId &&
        one.apiId === id &&
        one.conversation === conversation &&
        !one.isCopy,
    );
  }

  #messageOf(line: AssistantLine, place: Place, before: Moment, start: LineStart): OpenMessage {
    const last = before.turns.find(({ conversation }) => conversation === place.conversation);
    const told = this.#toTold(line, place, turnOf(last ?? null, place));
    const found = findAnswer(told);
    const message = found instanceof OpenMessage ? found : this.#begin(found, told, start);
    if (message.isCopy && !isRepeat(told)) message.isCopy = false;
    if (!message.isCopy) this.#note(message, told);
    return message;
  }

  /** Takes the results of calls: what follows may be another answer. */
  ended(results: readonly ToolResult[]): void {
    for (const message of this.#open) {
      if (results.some(({ id }) => message.made(id))) message.isAnswered = true;
    }
  }

  /** The messages that changed since they were handed out. */
  take(): OpenMessage[] {
    const due = [...this.#closed, ...this.#open].filter(({ dirty, isCopy }) => dirty && !isCopy);
    for (const message of due) message.dirty = false;
    this.#closed = [];
    return due;
  }

  /** Where a reader must begin that would know all that may still grow; null where nothing may. */
  begin(): LineStart | null {
    let begin = this.#open[0]?.start ?? null;
    for (;;) {
      const at = begin?.offset ?? 0;
      const cut = this.#past.find((past) => past.start.offset < at && past.lastOffset >= at);
      if (cut === undefined) return begin;
      begin = cut.start;
    }
  }

  #toTold(line: AssistantLine, place: Place, turn: string | null): Told {
    const { conversation, main } = place;
    const own = { said: this.#said, keys: new AnswerKeys(line.id, main, conversation) };
    const { base } = own.keys;
    const open = this.#open.filter(
      (one) => one.apiId === line.id && one.conversation === conversation,
    );
    return {
      line,
      place,
      turn,
      own,
      // What the main conversation said is no sub-agent's.
      scopes: [own, ...this.#beside.map(({ said }) => ({ said, keys: inMain(line, main) }))],
      open,
      blocks: blockKeys(line, base, main),
    };
  }

  #begin(answer: Answer, { line, place, turn, own }: Told, start: LineStart): OpenMessage {
    const begun = { apiId: line.id, base: own.keys.base, turn, start };
    const message = new OpenMessage(answer, place, begun);
    this.#open.push(message);
    return message;
  }

  #note(message: OpenMessage, { line, place, own }: Told): void {
    const { turn } = message;
    const requestId = message.requestId ?? line.requestId;
    for (const key of own.keys.of({ isFirst: message.id === line.id, requestId, turn })) {
      own.said.add(key, place.offset);
    }
    for (const key of message.blocks) own.said.add(key, place.offset);
  }

  /** Copies go by themselves: history that is written again in mid-message does not end that. */
  #close(offset: number): void {
    const [first] = this.#open;
    const isFar = first !== undefined && offset - first.start.offset > MAX_OPEN_BYTES;
    if (this.#open.length <= (isFar ? ALWAYS_OPEN : MAX_OPEN)) return;
    const done = [false, true].flatMap((isCopy) =>
      doneAt(
        this.#open.filter((message) => message.isCopy === isCopy),
        offset,
      ),
    );
    if (done.length === 0) return;
    this.#open = this.#open.filter((message) => !done.includes(message));
    this.#closed.push(...done);
    const past = [...this.#past, ...done.map(({ start, lastOffset }) => ({ start, lastOffset }))];
    this.#past = past;
    const at = this.begin()?.offset ?? 0;
    this.#past = past.filter(({ lastOffset }) => lastOffset >= at);
  }
}

/** Which of the messages, in the order of their beginnings, grow no more at that byte. */
function doneAt(open: readonly OpenMessage[], offset: number): readonly OpenMessage[] {
  const left = open.findIndex(({ start }, i) => {
    const count = open.length - i;
    const isFar = count > ALWAYS_OPEN && offset - start.offset > MAX_OPEN_BYTES;
    return count <= MAX_OPEN && !isFar;
  });
  return open.slice(0, left < 0 ? open.length : left);
}

function inMain({ id }: AssistantLine, main: string): AnswerKeys {
  return new AnswerKeys(id, main, main);
}
