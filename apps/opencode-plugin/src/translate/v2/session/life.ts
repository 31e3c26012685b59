import { MAX_ID, SessionStatus } from "@duolog/contract";
import { MAX_TITLE } from "../../shared/rows/session.ts";
import { recorded, refused } from "../../shared/step.ts";
import { readDirectory, readModel, readUsage } from "../read.ts";
import { sessionOf, withoutSession, withSession } from "../state.ts";
import type { Handler2 } from "../step.ts";
import { eventRecords, sessionRecord, withPlace } from "./record.ts";

/** session.created. There is no title until one was generated. */
export const created: Handler2 = (state, event) => {
  const { reader, data, stamp, sessionId } = event;
  const title = reader.line(data.title, "title", MAX_TITLE);
  const projectPath = readDirectory(data.location, "data.location", reader) ?? event.directory;
  const facts = {
    title,
    projectPath,
    projectId: reader.line(data.projectID, "projectID"),
    ...readModel(data.model, "model", reader),
    agentVersion: reader.line(data.version, "version"),
    parentId: reader.line(data.parentID, "parentID", MAX_ID),
    createdAt: stamp.at,
  };
  const known = sessionOf(state, sessionId);
  const told = (value: string | null) => (value === null ? null : { value, stamp });
  const next = withSession(state, sessionId, {
    title: known.title ?? told(title),
    directory: known.directory ?? told(projectPath),
  });
  return recorded(next, event, sessionRecord(event, facts));
};

/** session.forked: what was copied comes as no event. `parentID` is the origin, not a parent. */
export const forked: Handler2 = (state, event) => {
  const { reader, data, stamp } = event;
  const from = reader.id(data.parentID, "parentID");
  if (from === null) return refused(state, event);
  const boundary = reader.object<{ type: unknown; messageID: unknown }>(data.boundary, "boundary");
  const facts = { forkedFromId: from, createdAt: stamp.at };
  const told = {
    from,
    boundary: reader.line(boundary.messageID, "boundary.messageID", MAX_ID),
    type: reader.line(boundary.type, "boundary.type"),
  };
  return recorded(
    withPlace(state, event),
    event,
    sessionRecord(event, facts),
    ...eventRecords(event, { kind: "fork", data: told }),
  );
};

/** session.deleted: the row stays, and what OpenCode still tells of the session's doing is of no note. */
export const deleted: Handler2 = (state, event) => {
  const { sessionId, stamp } = event;
  const facts = { status: SessionStatus.deleted, endedAt: stamp.at };
  return recorded(
    withoutSession(state, sessionId),
    event,
    sessionRecord(event, facts),
    ...eventRecords(event, { kind: "delete" }),
  );
};

/** session.usage.updated: the session's totals, those of titles and compactions too. */
export const usageUpdated: Handler2 = (state, event) =>
  recorded(state, event, sessionRecord(event, readUsage(event.data, event.reader)));
