import { hashOf } from "../hash.ts";
import { asObject, type Json, toldJson } from "../json.ts";
import { type Body, type LineEvent, lineEvent } from "../lines/body.ts";
import type { Head } from "../lines/entry.ts";
import type { KnownEvent } from "../rows/event.ts";
import { wireText } from "../rows/text.ts";
import { conditionIn, type Moment, toldIn } from "./moment.ts";
import type { Place } from "./place.ts";

/** The mode in which a session begins that tells none. */
const USUAL_MODE = "default";

/** The events that a line tells, by what it says and by what changed since the lines before it. */
export function eventsOf(before: Moment, head: Head, body: Body, place: Place): KnownEvent[] {
  const told = [...changes(before, head, body, place), ...ownEvents(before, head, body)];
  return numbered(told, head).map((event) => toKnown(event, before, head, place));
}

/** Several events of one line: the first has the line's id. */
function numbered(events: readonly LineEvent[], { uuid }: Head): LineEvent[] {
  let count = 0;
  return events.map((event) => {
    if (event.id !== null || uuid === null) return event;
    count += 1;
    return count === 1 ? event : { ...event, id: `${uuid}-${count - 1}` };
  });
}

/** What a line says is an event by itself. */
function ownEvents(before: Moment, head: Head, body: Body): LineEvent[] {
  switch (body.kind) {
    case "events":
      return [...body.events];
    case "prompt":
      return [...body.beside];
    case "interrupted":
      return [body.event, ...body.beside];
    case "boundary":
      return [body.event];
    case "summary":
      return [summary(before, head, body.text)];
    case "toolResult":
      return [...replies(body), ...body.beside];
    case "assistant":
      return failure(body);
    default:
      return [];
  }
}

/** The summary belongs to the compaction that it follows; up to 1.x there was none but it. */
function summary({ boundary }: Moment, head: Head, text: string | null): LineEvent {
  const id = boundary !== null && head.parentUuid === boundary.tip ? boundary.id : null;
  return lineEvent("compaction", { id, text });
}

function replies(body: Body & { kind: "toolResult" }): LineEvent[] {
  return body.results.flatMap(({ id, words }) =>
    words
      ? lineEvent("reply", { toolCallId: id, text: wireText(words.text), data: words.data })
      : [],
  );
}

function failure({ line }: Body & { kind: "assistant" }): LineEvent[] {
  if (line.error === null) return [];
  return [
    lineEvent("error", {
      messageId: line.id,
      text: wireText(line.error),
      data: { ...line.errorData, requestId: line.requestId },
    }),
  ];
}

/** What differs from what the lines before told. */
function changes(before: Moment, head: Head, body: Body, place: Place): LineEvent[] {
  const at = place.at ?? before.clock;
  const known = conditionIn(before, place.sessionId);
  const { cwd, permissionMode: mode, customTitle, aiTitle } = toldIn(before, head, body, place);
  const told: LineEvent[] = [];
  if (mode !== null && mode !== (known.permissionMode ?? USUAL_MODE)) {
    told.push(change("permission", { mode, from: known.permissionMode }, at));
  }
  if (customTitle !== null && customTitle !== known.customTitle) {
    told.push(rename(customTitle, "user", at));
  }
  if (aiTitle !== null && aiTitle !== known.aiTitle) told.push(rename(aiTitle, "agent", at));
  if (before.copied !== null && head.uuid !== null && place.copiedFrom === null) {
    const { sessionId, uuid } = before.copied;
    told.push(change("fork", { from: sessionId, upTo: uuid }, at));
  }
  return [...told, ...moves(known.cwd, cwd, head.uuid)];
}

function rename(title: string, by: "user" | "agent", at: number | null): LineEvent {
  return { ...change("rename", { title, by }, at), text: title };
}

function moves(from: string | null, to: string | null, uuid: string | null): LineEvent[] {
  if (to === null || from === null || to === from || uuid === null) return [];
  return [lineEvent("cwd", { id: `cwd-${uuid}`, data: { from, to } })];
}

/** A change whose line has no uuid, or another event's: it is known by what it tells and when. */
function change(kind: LineEvent["kind"], data: Json, at: number | null): LineEvent {
  return lineEvent(kind, { id: `${kind}-${hashOf([data, at])}`, data });
}

function toKnown(event: LineEvent, before: Moment, head: Head, place: Place): KnownEvent {
  const { kind, messageId, toolCallId, text } = event;
  const data = toldJson({ ...event.data, agentId: place.agentId });
  return {
    id: event.id ?? head.uuid ?? `${kind}-${hashOf([text, data, place.at])}`,
    sessionId: place.sessionId,
    kind,
    messageId,
    toolCallId,
    text,
    data,
    createdAt: createdAt(event, before, head, place),
    observedAt: place.observedAt,
    observedSeq: place.offset,
  };
}

/** A summary's line may be older than its compaction's, which tells when that was. */
function createdAt(event: LineEvent, before: Moment, head: Head, place: Place): number | null {
  if (event.kind === "compaction" && event.id !== null) return null;
  return place.at ?? (head.uuid === null ? before.clock : null);
}

/** The advisor's work for a message, each asking an event; `n` counts from 1. */
export function advisorEvent(
  message: { readonly id: string; readonly createdAt: number | null },
  told: Json,
  n: number,
  place: Place,
): KnownEvent {
  return {
    id: `${message.id}-advisor-${n}`,
    sessionId: place.sessionId,
    kind: "other",
    messageId: message.id,
    toolCallId: null,
    text: null,
    data: toldJson({ ...asObject(told), agentId: place.agentId }),
    createdAt: message.createdAt,
    observedAt: place.observedAt,
    observedSeq: place.offset,
  };
}
