import { MAX_TITLE } from "../../shared/rows/session.ts";
import { recorded, refused } from "../../shared/step.ts";
import { readDirectory, readModel } from "../read.ts";
import { laterTold, sessionOf, toldBefore, withSession } from "../state.ts";
import type { Handler2 } from "../step.ts";
import { eventRecords, happened, sessionRecord } from "./record.ts";

/**
 * session.renamed: by a person or generated, nobody tells, so the later title wins. It is an event
 * where another title was known before: the first one is a name, no other name.
 */
export const renamed: Handler2 = (state, event) => {
  const { reader, data, sessionId, stamp } = event;
  const title = reader.line(data.title, "title", MAX_TITLE);
  if (title === null) return refused(state, event);
  const { title: known } = sessionOf(state, sessionId);
  const from = toldBefore(known, stamp);
  const isOther = from !== null && from !== title;
  return recorded(
    withSession(state, sessionId, { title: laterTold(known, { value: title, stamp }) }),
    event,
    sessionRecord(event, { title }),
    ...(isOther ? eventRecords(event, { kind: "rename", text: title, data: { from } }) : []),
  );
};

/** session.moved. `project_path` stays where the session began (M4). */
export const moved: Handler2 = (state, event) => {
  const { reader, data, sessionId, stamp } = event;
  const to = readDirectory(data.location, "data.location", reader);
  if (to === null) return refused(state, event);
  const { directory: known } = sessionOf(state, sessionId);
  const from = toldBefore(known, stamp);
  const projectId = reader.line(data.projectID, "projectID");
  return recorded(
    withSession(state, sessionId, { directory: laterTold(known, { value: to, stamp }) }),
    event,
    sessionRecord(event, { projectId, projectPath: from }),
    ...eventRecords(event, { kind: "cwd", data: { from, to } }),
  );
};

/** session.model.selected: a person's choice. Each answer names the model that gave it. */
export const modelSelected: Handler2 = (state, event) => {
  const { reader, data } = event;
  const chosen = readModel(data.model, "model", reader);
  const { model: from } = readModel(data.previous, "previous", reader);
  const { model, provider } = chosen;
  return recorded(
    state,
    event,
    sessionRecord(event, chosen),
    ...eventRecords(event, { kind: "model", text: model, data: { model, provider, from } }),
  );
};

/** session.agent.selected: each answer names the agent that gave it. */
export const agentSelected: Handler2 = (state, event) => {
  const agent = event.reader.line(event.data.agent, "agent");
  const from = event.reader.line(event.data.previous, "previous");
  return happened(state, event, {
    kind: "other",
    text: agent,
    data: { what: "agent", agent, from },
  });
};
