import { objectIn, parseObject } from "../parse.ts";
import type { Row } from "../row.ts";
import { type EventV2, eventIdOf, known, type Stored, timeOf } from "./event.ts";
import { contentEvents } from "./eventsOfContent.ts";

/** The events that made a row what it is; a text says why they can't be told. */
export function eventsOfMessage(row: Row): EventV2[] | string {
  const data = parseObject(row.data);
  if (!data) return "session_message: its data is no JSON object";
  if (typeof row.type !== "string") return "session_message: no type";
  const make = isKnownRow(row.type) ? MAKERS[row.type] : undefined;
  const created = timeOf(objectIn(data, "time").created, row.time_created);
  const updated = timeOf(row.time_updated, created);
  return make?.({ row, data, sessionID: row.session_id, created, updated }) ?? [];
}

/** True for a type of rows that tells something of the record. */
export function isKnownRow(type: string): boolean {
  return Object.hasOwn(MAKERS, type);
}

type Maker = (stored: Stored) => EventV2[];

/** A prompt: told once it was delivered, by the id under which it waited. */
const userEvents: Maker = ({ row, data, sessionID, created }) => {
  const { text, files, agents, skills } = data;
  const payload = known({ text, files, agents, skills, metadata: data.metadata });
  const item = { type: "user", payload, delivery: "steer" };
  const ids = { sessionID, inboxID: row.id };
  return [
    { type: "session.inbox.enqueued", created, data: { ...ids, item } },
    { type: "session.inbox.delivered", created, data: ids },
  ];
};

/** An answer: one step of the model's, which may have been begun more than once. */
const assistantEvents: Maker = (stored) => {
  const { row, data, sessionID, created } = stored;
  const { agent, model } = data;
  const ids = { sessionID, assistantMessageID: row.id };
  const first = timeOf(row.time_created, created);
  const starts = (first < created ? [first, created] : [created]).map((started) => ({
    type: "session.step.started",
    created: started,
    data: known({ ...ids, agent, model, started }),
  }));
  return [...starts, ...contentEvents(stored), ...endOf(stored)];
};

/**
 * How a step ended. A next one ends what never did by a time alone, of which no event tells. OpenCode
 * itself puts `error` for what failed without another reason.
 */
const endOf: Maker = ({ row, data, sessionID }) => {
  const { error, finish, cost, tokens } = data;
  const ended = timeOf(objectIn(data, "time").completed);
  const ids = { sessionID, assistantMessageID: row.id };
  if (ended === 0 || !(error || finish || tokens)) return [];
  const told = error
    ? { ...ids, error, finish: finish === "error" ? null : finish, cost, tokens }
    : { ...ids, finish, cost, tokens };
  return [
    { type: `session.step.${error ? "failed" : "ended"}`, created: ended, data: known(told) },
  ];
};

/** The messages before it as a summary, which is no answer. */
const compactionEvents: Maker = ({ row, data, sessionID, created, updated }) => {
  const { reason, recent, summary, model, cost, tokens, error, status } = data;
  // One that a person asked for waits like a prompt, and has the id under which it did.
  const asked = reason === "manual" ? { inputID: row.id } : {};
  const base = { sessionID, reason };
  const own = reason === "manual" ? {} : { id: eventIdOf(row.id) };
  const started = { ...own, type: "session.compaction.started", created };
  const begin = { ...started, data: { ...base, ...asked } };
  if (status === "completed") {
    const end = known({ ...base, model, text: summary, recent, cost, tokens });
    return [begin, { type: "session.compaction.ended", created: updated, data: end }];
  }
  if (status !== "failed") return [begin];
  const failed = known({ ...base, ...asked, error, cost, tokens });
  return [begin, { type: "session.compaction.failed", created: updated, data: failed }];
};

/** A command that a person ran. */
const shellEvents: Maker = ({ row, data, sessionID, created, updated }) => {
  const { shellID, command, status, exit, output } = data;
  const shell = known({ id: shellID, status, command, exit });
  const begin = { type: "session.shell.started", created, data: { sessionID, shell } };
  const started = { id: eventIdOf(row.id), ...begin };
  if (status === "running") return [started];
  const ended = timeOf(objectIn(data, "time").completed, updated);
  const end = known({ sessionID, shell, output });
  return [started, { type: "session.shell.ended", created: ended, data: end }];
};

/** What one event alone made. */
function oneEvent(type: string, dataOf: (data: Row) => Row): Maker {
  return ({ row, data, sessionID, created }) => [
    { id: eventIdOf(row.id), type, created, data: known({ sessionID, ...dataOf(data) }) },
  ];
}

const OUTCOMES = ["succeeded", "failed", "interrupted"];

const idleEvents: Maker = (stored) => {
  const { outcome } = stored.data;
  if (typeof outcome !== "string" || !OUTCOMES.includes(outcome)) return [];
  return oneEvent(`session.execution.${outcome}`, ({ error }) => ({ error }))(stored);
};

const MAKERS: { readonly [type: string]: Maker | undefined } = {
  user: userEvents,
  assistant: assistantEvents,
  compaction: compactionEvents,
  shell: shellEvents,
  idle: idleEvents,
  synthetic: oneEvent("session.synthetic", ({ text, description, metadata }) => ({
    text,
    description,
    metadata,
  })),
  skill: oneEvent("session.skill.activated", ({ skill, name, text }) => ({
    id: skill,
    name,
    text,
  })),
  "agent-switched": oneEvent("session.agent.selected", ({ agent, previous }) => ({
    agent,
    previous,
  })),
  "model-switched": oneEvent("session.model.selected", ({ model, previous }) => ({
    model,
    previous,
  })),
  "location-switched": oneEvent("session.moved", ({ location, projectID, subpath }) => ({
    location,
    projectID,
    subpath,
  })),
};
