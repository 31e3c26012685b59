import { MIN_TIME } from "@duolog/contract";
import type { Body } from "../lines/body.ts";
import type { Head, Origin } from "../lines/entry.ts";
import { wireLine } from "../rows/text.ts";
import type { TranscriptOwner } from "../transcript.ts";
import { conversationOf } from "./copies/hash.ts";
import type { Moment } from "./moment.ts";
import { speakerOf } from "./sidechains.ts";

/** Whose line it is and where it stands: what is not in the line's body. */
export interface Place {
  readonly sessionId: string;
  readonly agentId: string | null;
  readonly agent: string | null;
  readonly isSidechain: boolean | null;
  /** Of the conversation that the file is of, or of another session's: not a sub-agent's in between. */
  readonly isOwn: boolean;
  /** Hash of who speaks in which session: sidechains without an id are one speaker. */
  readonly conversation: number;
  /** The same of the session's main conversation. */
  readonly main: number;
  readonly copiedFrom: Origin | null;
  /** Byte offset of the line. */
  readonly offset: number;
  /** The line's own time, epoch ms. */
  readonly at: number | null;
  /** The line's own time, else the latest before it (M4's time of observation), epoch ms. */
  readonly observedAt: number;
}

/** A place, and the call that started its speaker where that is known with this line. */
export interface Placed {
  readonly place: Place;
  readonly starter: string | null;
}

/** Where a line of the owner's file stands; `moment` is that before it. */
export function placeOf(
  owner: TranscriptOwner,
  moment: Moment,
  head: Head,
  body: Body,
  offset: number,
): Placed {
  const sessionId = head.sessionId ?? owner.sessionId;
  const { copiedFrom, at } = head;
  const place = {
    sessionId,
    main: conversationOf(sessionId, ""),
    copiedFrom: copiedFrom?.sessionId === sessionId ? null : copiedFrom,
    offset,
    at,
    observedAt: at ?? moment.clock ?? MIN_TIME,
  };
  const isInherited = owner.agentId !== null && copiedFrom?.sessionId === sessionId;
  if (isInherited)
    return { place: { ...place, ...NOBODY, conversation: place.main }, starter: null };
  const isInline = owner.agentId === null && head.isSidechain === true;
  const speaker = isInline ? inlineSpeaker(moment, head, body, sessionId) : ownSpeaker(owner);
  const { starter, name, ...who } = speaker;
  const conversation = name === "" ? place.main : conversationOf(sessionId, name);
  const { isSidechain } = head;
  return { place: { ...place, ...who, isSidechain, isOwn: !isInline, conversation }, starter };
}

/** What a fork within the session repeats (`forkedFrom`) is not said by it, nor told by it of whom else. */
const NOBODY = { agentId: null, agent: null, isSidechain: null, isOwn: false };

function ownSpeaker({ agentId, agentType }: TranscriptOwner) {
  return { agentId, agent: wireLine(agentType), name: agentId ?? "", starter: null };
}

function inlineSpeaker(moment: Moment, head: Head, body: Body, sessionId: string) {
  const { agentId } = head;
  if (agentId !== null) return { agentId, agent: null, name: agentId, starter: null };
  return { ...speakerOf(moment, head, body, sessionId), name: UNNAMED };
}

/** Sidechains without an id: what one says again was said by another or by itself. */
const UNNAMED = "sidechain";
