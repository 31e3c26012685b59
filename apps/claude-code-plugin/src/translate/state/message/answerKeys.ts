import type { AssistantLine } from "../../lines/assistantLine.ts";
import { callKey } from "../copies/copies.ts";
import { hashOf } from "../copies/hash.ts";

/** What is known of the answers that have one id of the API in a conversation, as hashes. */
export class AnswerKeys {
  /** There is one. */
  readonly base: number;

  constructor(id: string, conversation: number) {
    this.base = hashOf(id, conversation);
  }

  /** There is more than one. */
  get several(): number {
    return hashOf("several", this.base);
  }

  /** There is one of which no request is told. */
  get untold(): number {
    return hashOf("untold", this.base);
  }

  /** The one that has the plain id answers that request. */
  first(requestId: string): number {
    return hashOf(`first ${requestId}`, this.base);
  }

  /** Another one answers that request. */
  other(requestId: string): number {
    return hashOf(`other ${requestId}`, this.base);
  }

  /** One of which no request is told answers that turn's prompt. */
  inTurn(turn: string | null): number {
    return hashOf(`turn ${turn}`, this.base);
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

/** What a line's blocks are known by, wherever they are told again. */
export function blockKeys(line: AssistantLine, keys: AnswerKeys, conversation: number): number[] {
  return line.marks.map((mark, i) => {
    const call = line.calls.find(({ order }) => order === i);
    return call ? callKey(call.id, conversation) : hashOf(mark, keys.base);
  });
}
