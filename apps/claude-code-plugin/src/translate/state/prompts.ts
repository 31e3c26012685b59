import type { Body } from "../lines/body.ts";
import type { Given } from "../lines/given.ts";
import type { KnownMessage } from "../rows/message.ts";
import { wireText } from "../rows/text.ts";
import type { OpenPrompt } from "./moment.ts";
import type { Place } from "./place.ts";
import type { Timeless } from "./stops.ts";

/** A prompt as a message. */
export function promptOf(body: Body & { kind: "prompt" }, place: Place): KnownMessage {
  const { id, text, given } = body;
  return {
    id,
    sessionId: place.sessionId,
    role: "user",
    text: wireText(text),
    attachments: attachmentsOf(given),
    agent: place.agent,
    agentId: place.agentId,
    isSidechain: place.isSidechain,
    copiedFromId: place.copiedFrom && (place.copiedFrom.uuid ?? id),
    createdAt: place.at,
    updatedAt: place.at,
    observedAt: place.observedAt,
    observedSeq: place.offset,
  };
}

/** All that was given beside a prompt so far, after a line that told of a file. */
export function givenBeside(prompt: OpenPrompt, place: Place): KnownMessage {
  return {
    id: prompt.id,
    sessionId: prompt.sessionId,
    role: "user",
    attachments: attachmentsOf(prompt.given),
    observedAt: place.observedAt,
    observedSeq: place.offset,
  };
}

/** JSON of what was given; null where nothing was. */
export function attachmentsOf(given: readonly Given[]): string | null {
  return given.length === 0 ? null : JSON.stringify(given);
}

/** What a Stop hook's note says of a message whose lines tell no time (M6); `at` is epoch ms. */
export function timed(message: Timeless, agentId: string | null, at: number): KnownMessage {
  const { id, sessionId } = message;
  return {
    id,
    sessionId,
    role: "assistant",
    agentId,
    createdAt: at,
    observedAt: at,
    observedSeq: 0,
  };
}
