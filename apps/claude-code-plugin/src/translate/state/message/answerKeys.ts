import type { AssistantLine } from "../../lines/assistantLine.ts";
import { hashOf, seedOf } from "../copies/hash.ts";

/** What is known of a session's answers that have one id of the API, as hashes. */
export class AnswerKeys {
  /** There is one. */
  readonly base: number;
  readonly #conversation: string;

  /** Of the session that `main` names, as one of its conversations sees them. */
  constructor(id: string, main: string, conversation: string) {
    this.base = hashOf(id, seedOf(main));
    this.#conversation = conversation;
  }

  /** There is more than one. */
  get several(): number {
    return hashOf("several", this.base);
  }

  /** There is one of which no request is told, in the conversation. */
  get untold(): number {
    return hashOf(`untold ${this.#conversation}`, this.base);
  }

  /** The one that has the plain id answers that request of the conversation. */
  first(requestId: string): number {
    return hashOf(`first ${this.#conversation} ${requestId}`, this.base);
  }

  /** Another one answers it. */
  other(requestId: string): number {
    return hashOf(`other ${this.#conversation} ${requestId}`, this.base);
  }

  /** One of which no request is told answers that turn's prompt. */
  inTurn(turn: string | null): number {
    return hashOf(`turn ${this.#conversation} ${turn}`, this.base);
  }

  /** All that is known once such an answer was told. */
  of(answer: {
    readonly isFirst: boolean;
    readonly requestId: string | null;
    readonly turn: string | null;
  }): number[] {
    const { isFirst, requestId, turn } = answer;
    const keys = isFirst ? [this.base] : [this.base, this.several];
    if (requestId === null) return [...keys, this.untold, this.inTurn(turn)];
    return [...keys, isFirst ? this.first(requestId) : this.other(requestId)];
  }
}

/** What a call is known by within the session that `seed` stands for. */
export function callKey(id: string, seed: number): number {
  return hashOf(`call ${id}`, seed);
}

/** What a line's blocks are known by in a session, wherever they are told again. */
export function blockKeys(line: AssistantLine, base: number, main: string): number[] {
  return line.marks.map((mark, i) => {
    const call = line.calls.find(({ order }) => order === i);
    return call ? callKey(call.id, seedOf(main)) : hashOf(mark, base);
  });
}
