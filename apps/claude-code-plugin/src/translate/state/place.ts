import { MIN_TIME } from "@duolog/contract";
import type { Body } from "../lines/body.ts";
import type { Head, Origin } from "../lines/entry.ts";
import { wireLine } from "../rows/text.ts";
import type { TranscriptOwner } from "../transcript.ts";
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
  /** Names who speaks in which session: sidechains without an id are one speaker. */
  readonly conversation: string;
  /** The same of the session's main conversation. */
  readonly main: string;
  /** The call that started the speaker, where this line tells that. */
  readonly starter: string | null;
  readonly copiedFrom: Origin | null;
  /** Byte offset of the line. */
  readonly offset: number;
  /** The line's own time, epoch ms. */
  readonly at: number | null;
  /** The line's own time, else the latest before it (M4's time of observation), epoch ms. */
  readonly observedAt: number;
}

/** Sidechains without an id are one speaker: what one says again was said by another or by itself. */
const UNNAMED = "sidechain";

/** Where a line of the owner's file stands; `moment` is that before it. */
export function placeOf(
  owner: TranscriptOwner,
  moment: Moment,
  head: Head,
  body: Body,
  offset: number,
): Place {
  const { copiedFrom, at } = head;
  const sessionId = head.sessionId ?? owner.sessionId;
  const isWithin = copiedFrom?.sessionId === sessionId;
  const isInline = owner.agentId === null && head.isSidechain === true;
  const place: Place = {
    sessionId,
    agentId: owner.agentId,
    agent: wireLine(owner.agentType),
    isSidechain: head.isSidechain,
    isOwn: !isInline,
    conversation: owner.agentId === null ? sessionId : `${sessionId} ${owner.agentId}`,
    main: sessionId,
    starter: null,
    copiedFrom: isWithin ? null : copiedFrom,
    offset,
    at,
    observedAt: at ?? moment.clock ?? MIN_TIME,
  };
  if (isInline) return inSidechain(place, moment, head, body);
  return isWithin && owner.agentId !== null ? inherited(place) : place;
}

function inSidechain(place: Place, moment: Moment, head: Head, body: Body): Place {
  const { sessionId } = place;
  const known = head.agentId;
  if (known !== null) return { ...place, agentId: known, conversation: `${sessionId} ${known}` };
  const speaker = speakerOf(moment, head, body, sessionId);
  return { ...place, ...speaker, conversation: `${sessionId} ${UNNAMED}` };
}

/** What a fork within the session repeats (`forkedFrom`) is not said by it; by whom, it does not tell. */
function inherited(place: Place): Place {
  const nobody = { agentId: null, agent: null, isSidechain: null, isOwn: false };
  return { ...place, ...nobody, conversation: place.main };
}
