import { MIN_TIME, plausibleTime } from "@duolog/contract";
import { timeOfId } from "../translate/index.ts";
import { objectIn, parseObject } from "./parse.ts";
import type { Row } from "./row.ts";

/** An event as OpenCode's plugins get it, without an id where no event was kept. */
export interface PastEvent {
  readonly event: {
    readonly id?: unknown;
    readonly type: string;
    readonly properties: Readonly<Record<string, unknown>>;
  };
  /** When it was told, epoch ms; without an id, when the row was written last. */
  readonly at: number;
}

/** OpenCode puts the version of the data's shape behind the type: `message.updated.1`. */
const SHAPE_VERSION = /\.\d+$/;
const ONE_DAY = 86_400_000;

/**
 * An event of the `event` table, as a plugin got it then; a text says why it is none.
 * @param near a time from before it, epoch ms: the clock in its id starts anew every 2.2 years
 */
export function eventOfRow(row: Row, near: number, now: number): PastEvent | string {
  const properties = parseObject(row.data);
  if (!properties) return "event: its data is no JSON object";
  if (typeof row.type !== "string") return "event: no type";
  const type = row.type.replace(SHAPE_VERSION, "");
  // What an event tells of is not later than itself.
  const told = timesIn(properties).filter((time) => time <= now + ONE_DAY);
  const before = Math.max(near, ...told);
  return {
    event: { id: row.id, type, properties },
    at: timeOfId(row.id, before) ?? Math.max(before, MIN_TIME),
  };
}

/** What a row of the `session` table tells, as an event. */
export function eventOfSession(row: Row): PastEvent {
  const info = {
    id: row.id,
    projectID: row.project_id,
    parentID: row.parent_id,
    directory: row.directory,
    title: row.title,
    version: row.version,
    model: parseObject(row.model) ?? row.model,
    cost: row.cost,
    tokens: {
      input: row.tokens_input,
      output: row.tokens_output,
      reasoning: row.tokens_reasoning,
      cache: { read: row.tokens_cache_read, write: row.tokens_cache_write },
    },
    time: { created: row.time_created, updated: row.time_updated, archived: row.time_archived },
  };
  const properties = { sessionID: row.id, info };
  return { event: { type: "session.updated", properties }, at: writtenAt(row) };
}

/** What a row of the `message` table tells, as an event; a text says why it is none. */
export function eventOfMessage(row: Row): PastEvent | string {
  const data = parseObject(row.data);
  if (!data) return "message: its data is no JSON object";
  const info = { ...data, id: row.id, sessionID: row.session_id };
  const properties = { sessionID: row.session_id, info };
  return { event: { type: "message.updated", properties }, at: writtenAt(row) };
}

/** What a row of the `part` table tells, as an event; a text says why it is none. */
export function eventOfPart(row: Row): PastEvent | string {
  const data = parseObject(row.data);
  if (!data) return "part: its data is no JSON object";
  const ids = { id: row.id, messageID: row.message_id, sessionID: row.session_id };
  const properties = {
    sessionID: row.session_id,
    part: { ...data, ...ids },
    // A part that OpenCode gives no end, as a prompt's, is told once.
    time: objectIn(data, "time").end ?? row.time_created,
  };
  return { event: { type: "message.part.updated", properties }, at: writtenAt(row) };
}

/**
 * True for the row of a call whose input the model never finished. Its last event says no more than
 * that it waits, as live; the row says that nothing came after it.
 */
export function isWaiting(row: Row): boolean {
  const part = parseObject(row.data);
  return part?.type === "tool" && objectIn(part, "state").status === "pending";
}

/** The ids of what an event tells: of a session, a message or a part. */
export function subjectsOf({ properties }: PastEvent["event"]): string[] {
  const ids = [objectIn(properties, "info").id, objectIn(properties, "part").id];
  return ids.filter((id) => typeof id === "string");
}

function writtenAt(row: Row): number {
  return plausibleTime(row.time_updated) ?? plausibleTime(row.time_created) ?? MIN_TIME;
}

function timesIn(properties: Row): number[] {
  const times = [
    properties.time,
    ...Object.values(objectIn(objectIn(properties, "info"), "time")),
    ...Object.values(objectIn(objectIn(properties, "part"), "time")),
  ];
  return times.map(plausibleTime).filter((time) => time !== null);
}
