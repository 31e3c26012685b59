import type { Body, LineEvent } from "../../lines/body.ts";
import { AnswerKeys, blockKeys, callKey } from "../message/answerKeys.ts";
import type { Place } from "../place.ts";
import { hashOf, seedOf } from "./hash.ts";
import type { Said } from "./said.ts";

/** Whoever read another transcript of the same session. */
export interface Beside {
  /** What it said so far. */
  readonly said: Said;
  /** It made the session's row. */
  readonly hasSession: boolean;
}

/**
 * Which lines only say again what was said before, and so are nobody's: history that was written once
 * more, with its times and perhaps with new uuids (anthropics/claude-code#5034), and what the file of
 * a sub-agent repeats of the main conversation (ccusage/ccusage#913). Answers that the API gave an
 * id are known by that (`../message/answers.ts`).
 */
export class Copies {
  readonly #own: Said;
  /** What the session's own transcripts said, where this one is a sub-agent's. */
  readonly #beside: readonly Beside[];

  constructor(own: Said, beside: readonly Beside[]) {
    this.#own = own;
    this.#beside = beside;
  }

  /**
   * Whether the line is a copy; notes what it says where it is none. Once the file's speaker has
   * `begun` (as in Moment), what it has in common with the main conversation is no copy of that.
   */
  isCopy(body: Body, place: Place, begun: boolean): boolean {
    if (body.kind === "toolResult" && this.#isResultOfMain(body, place)) return true;
    const content = contentOf(body);
    if (content === null) return false;
    const { at, conversation, main, offset } = place;
    const isInherited = !begun || conversation === main;
    if (isInherited && body.kind !== "prompt" && this.#isInWords(content, main)) return true;
    if (conversation === main) this.#own.add(hashOf(content, seedOf(main)), offset);
    if (at === null) return false;
    const timed = `${at} ${content}`;
    if (isInherited && this.#isInWords(timed, main)) return true;
    const key = hashOf(timed, seedOf(conversation));
    if (this.#own.has(key)) return true;
    if (body.kind === "prompt" && this.#own.has(hashOf(timed, seedOf(main)))) return true;
    this.#own.add(key, offset);
    return false;
  }

  /** Whether the main conversation has a prompt in the same words, whenever that was. */
  isInWordsOfMain(body: Body & { kind: "prompt" }, place: Place): boolean {
    const { conversation, main } = place;
    return conversation !== main && this.#isInWords(contentOf(body) ?? "", main);
  }

  /** Whether an answer's line says what the main conversation has under that id, or in the same words. */
  isAnswerOfMain(body: Body & { kind: "assistant" }, { main }: Place): boolean {
    const content = contentOf(body);
    if (content !== null) return this.#isInWords(content, main);
    const { base } = new AnswerKeys(body.line.id, main, main);
    const keys = [base, ...blockKeys(body.line, base, main)];
    return this.#beside.some(({ said }) => keys.every((key) => said.has(key)));
  }

  #isInWords(content: string, main: string): boolean {
    return this.#beside.length > 0 && this.#isInMain(hashOf(content, seedOf(main)));
  }

  #isInMain(hash: number): boolean {
    return this.#beside.some(({ said }) => said.has(hash));
  }

  #isResultOfMain({ results }: Body & { kind: "toolResult" }, { main }: Place): boolean {
    if (this.#beside.length === 0 || results.length === 0) return false;
    return results.every(({ id }) => this.#isInMain(callKey(id, seedOf(main))));
  }
}

/** What a line says whose row has no id but the line's own; null where its rows have others. */
function contentOf(body: Body): string | null {
  switch (body.kind) {
    case "prompt":
      return `prompt ${JSON.stringify(body.given)} ${body.text}`;
    case "given":
      return `given ${JSON.stringify(body.given)}`;
    case "events":
      return body.events.map(contentOfEvent).join(" ");
    case "interrupted":
    case "boundary":
      return contentOfEvent(body.event);
    case "summary":
      return `summary ${body.text}`;
    case "toolResult": {
      const replies = body.results.filter(({ words }) => words !== null);
      return replies.length === 0 ? null : `reply ${replies.map(({ id }) => id).join()}`;
    }
    case "assistant":
      return body.line.id === body.line.uuid ? `answer ${body.line.marks.join()}` : null;
    default:
      return null;
  }
}

function contentOfEvent({ kind, toolCallId, data, text }: LineEvent): string {
  return `${kind} ${toolCallId} ${JSON.stringify(data)} ${text}`;
}
