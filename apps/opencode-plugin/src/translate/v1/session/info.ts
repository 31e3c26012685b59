import { SessionStatus } from "@duolog/contract";
import type { Session } from "@opencode-ai/sdk/v2";
import type { Loose, Reader } from "../../shared/read.ts";
import { eventRecord, ownEvent } from "../../shared/rows/event.ts";
import { type SessionFacts, sessionUpsert } from "../../shared/rows/session.ts";
import { compareStamps, type Stamp } from "../../shared/stamp.ts";
import { recorded, refused, type Translated } from "../../shared/step.ts";
import type { Revert, SessionState } from "../state.ts";
import { withSession } from "../state.ts";
import type { Handler, Known } from "../step.ts";
import { changeOf } from "./change.ts";
import { readInfo } from "./read.ts";

/** A session of which this process knows nothing. */
const UNKNOWN: SessionState = {
  stamp: null,
  mark: null,
  title: null,
  model: null,
  provider: null,
  revert: null,
  isCut: false,
};

/** session.created, session.updated: all that OpenCode knows of the session but what it is doing. */
export const sessionInfo: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const info = reader.object<Session>(properties.info, "info");
  const id = reader.id(info.id ?? properties.sessionID, "info.id");
  if (id === null) return refused(state, event);
  const facts = readInfo(info, reader);
  const before = state.sessions.get(id) ?? UNKNOWN;
  if (before.mark === "deleted") return recorded(state, event, record(id, facts, stamp));
  const archivedAt = archivedIn(info, reader);
  const told = { ...facts, status: statusOf(archivedAt, before) };
  const after = { ...stateAfter(before, facts, info, event), mark: markOf(archivedAt) };
  return recorded(
    withSession(state, id, after),
    event,
    record(id, told, stamp),
    ...changeOf(id, before, after, event),
    ...archival(id, archivedAt, before, stamp),
  );
};

/** session.deleted: the row stays, and what OpenCode still tells of the session is no longer of note. */
export const sessionDeleted: Handler = (state, event) => {
  const { reader, properties, stamp } = event;
  const info = reader.object<Session>(properties.info, "info");
  const id = reader.id(info.id ?? properties.sessionID, "info.id");
  if (id === null) return refused(state, event);
  const facts = {
    ...readInfo(info, reader),
    status: SessionStatus.deleted,
    updatedAt: stamp.at,
    endedAt: stamp.at,
  };
  const next = withSession(state, id, { ...UNKNOWN, mark: "deleted" });
  return recorded(
    next,
    event,
    record(id, facts, stamp),
    ...ownEvent(event, id, { kind: "delete" }),
  );
};

function record(id: string, facts: SessionFacts, stamp: Stamp): Translated {
  return { kind: "session", data: sessionUpsert(id, facts, stamp) };
}

/** What is remembered of the session; an event older than the last one changes nothing of it. */
function stateAfter(
  before: SessionState,
  facts: SessionFacts,
  info: Loose<Session>,
  { reader, stamp }: Known,
): SessionState {
  const revert = revertIn(info, reader);
  if (before.stamp && compareStamps(stamp, before.stamp) < 0) return before;
  const isCut = revert !== null && before.isCut;
  const { title, model, provider } = facts;
  return { ...before, stamp, title, model, provider, revert, isCut };
}

function revertIn(info: Loose<Session>, reader: Reader): Revert | null {
  const revert = reader.object<NonNullable<Session["revert"]>>(info.revert, "info.revert");
  const messageId = reader.line(revert.messageID, "info.revert.messageID");
  const partId = reader.line(revert.partID, "info.revert.partID");
  return messageId ? { messageId, partId } : null;
}

function archivedIn(info: Loose<Session>, reader: Reader): number | null {
  const { archived } = reader.object<Session["time"]>(info.time, "info.time");
  return reader.time(archived, "info.time.archived");
}

function markOf(archivedAt: number | null): SessionState["mark"] {
  return archivedAt === null ? null : "archived";
}

function statusOf(archivedAt: number | null, { mark }: SessionState): SessionStatus | null {
  if (archivedAt !== null) return SessionStatus.archived;
  return mark === "archived" ? SessionStatus.idle : null;
}

/** That the session was put away, under an id made of when: every later event of it tells that again. */
function archival(
  sessionId: string,
  archivedAt: number | null,
  { mark }: SessionState,
  stamp: Stamp,
): Translated[] {
  if (archivedAt === null || mark === "archived") return [];
  const id = `archive-${archivedAt}`;
  return [eventRecord({ id, sessionId, kind: "archive", createdAt: archivedAt }, stamp)];
}
