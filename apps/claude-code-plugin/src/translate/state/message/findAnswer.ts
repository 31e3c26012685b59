import { createHash } from "node:crypto";
import { MAX_ID } from "@duolog/contract";
import type { AssistantLine } from "../../lines/assistantLine.ts";
import type { Said } from "../copies/said.ts";
import type { Turn } from "../moment.ts";
import type { Place } from "../place.ts";
import type { AnswerKeys } from "./answerKeys.ts";
import { inputOf, type OpenMessage } from "./openMessage.ts";

/** The turn of a line that was written before the prompt that stands before it: it is told again. */
const EARLIER = "";

/** The turn that a line is of, among those of its conversation. */
export function turnOf(turn: Turn | null, { at }: Place): string | null {
  if (turn === null) return null;
  return at !== null && turn.at !== null && at < turn.at ? EARLIER : turn.id;
}

/** An answer whose first line was just told. */
export interface Answer {
  /** Its row's. */
  readonly id: string;
  /** To be taken for a copy of one that has the same id of the API, until it says something new. */
  readonly isCopy: boolean;
}

/** Where a line may have been told before, and what its answer is known by there. */
export interface Scope {
  readonly said: Said;
  readonly keys: AnswerKeys;
}

/** A line and what counts for whose it is. */
export interface Told {
  readonly line: AssistantLine;
  readonly place: Place;
  /** The prompt that it answers, `EARLIER` where it is older than that; null where there was none. */
  readonly turn: string | null;
  /** Its own transcript. */
  readonly own: Scope;
  /** That, and others of the session. */
  readonly scopes: readonly Scope[];
  /** The messages of its conversation that have the same id of the API and may still grow. */
  readonly open: readonly OpenMessage[];
  readonly blocks: readonly number[];
}

/**
 * Which answer a line is of: that of its `message.id`; where several have one
 * (anthropics/claude-code#64880, gateways) that of its request, else that of its turn.
 */
export function findAnswer(told: Told): OpenMessage | Answer {
  const { line, scopes, open } = told;
  const isKnown = open.length > 0 || scopes.some(({ said, keys }) => said.has(keys.base));
  if (!isKnown) return { id: line.id, isCopy: false };
  return line.requestId === null ? byTurn(told) : byRequest(told, line.requestId);
}

/** True where one place knows all that the line says. */
export function isRepeat({ scopes, blocks }: Told): boolean {
  return scopes.some(({ said }) => blocks.every((key) => said.has(key)));
}

function byRequest(told: Told, requestId: string): OpenMessage | Answer {
  const { line, turn, scopes, open } = told;
  const known = open.find((message) => message.requestId === requestId);
  if (known) return known;
  if (scopes.some(({ said, keys }) => said.has(keys.first(requestId)))) {
    return { id: line.id, isCopy: true };
  }
  // An answer's first lines may tell no request.
  const untold = last(open.filter((one) => one.requestId === null && one.turn === turn));
  const isOther =
    isRepeat(told) || scopes.some(({ said, keys }) => said.has(keys.other(requestId)));
  if (untold && !isOther) return untold;
  return { id: otherId(line.id, requestId), isCopy: true };
}

/** A prompt between tells another answer. */
function byTurn(told: Told): OpenMessage | Answer {
  const { line, place, turn, own, open } = told;
  const { said, keys } = own;
  const inTurn = last(open.filter((message) => message.turn === turn));
  const isOnly = turn === EARLIER && said.has(keys.untold) && !said.has(keys.several);
  if (line.uuid === null || isOnly) {
    return inTurn ?? last(open) ?? { id: line.id, isCopy: true };
  }
  const isAnother = inTurn !== undefined && isNext(inTurn, told);
  if (inTurn && !isAnother) return inTurn;
  const isFirstOfTurn = turn !== EARLIER && place.at !== null && !said.has(keys.inTurn(turn));
  const isCopy = !isAnother && !(isFirstOfTurn && said.has(keys.untold));
  return { id: otherId(line.id, line.uuid), isCopy };
}

/** The last one that is no copy, as far as there is one. */
function last(messages: readonly OpenMessage[]): OpenMessage | undefined {
  return messages.findLast(({ isCopy }) => !isCopy) ?? messages.at(-1);
}

/** Whether the line is of the answer that the model gave once it had the results of the calls. */
function isNext(message: OpenMessage, told: Told): boolean {
  if (message.requestId !== null || !message.isAnswered || isRepeat(told)) return false;
  const input = inputOf(told.line.tokens);
  return input > 0 && message.input > 0 && input !== message.input;
}

/** `<id>/<what tells it>`; a hash of that where it would be too long for an id. */
function otherId(id: string, told: string): string {
  const joined = `${id}/${told}`;
  return joined.length <= MAX_ID ? joined : createHash("sha256").update(joined).digest("hex");
}
