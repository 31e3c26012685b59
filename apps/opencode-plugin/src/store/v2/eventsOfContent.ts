import { objectIn } from "../parse.ts";
import type { Row } from "../row.ts";
import { type EventV2, known, type Stored, timeOf } from "./event.ts";

/** What an answer holds, in its order, as the events that told it: texts are counted per kind. */
export function contentEvents({ row, data, sessionID, created, updated }: Stored): EventV2[] {
  const ids = { sessionID, assistantMessageID: row.id };
  const times = objectIn(data, "time");
  const ended = timeOf(times.streamed, times.completed, updated);
  const counts: Record<string, number> = {};
  return itemsOf(data).flatMap((item) => {
    const { type } = item;
    if (type === "tool") return toolEvents(item, ids, created);
    if (type !== "text" && type !== "reasoning") return [];
    const ordinal = counts[type] ?? 0;
    counts[type] = ordinal + 1;
    return textEvents(item, { ...ids, ordinal }, created, ended);
  });
}

function itemsOf({ content }: Row): Row[] {
  if (!Array.isArray(content)) return [];
  const items: unknown[] = content;
  return items.filter((item): item is Row => typeof item === "object" && item !== null);
}

/** A text without an end was cut off before anything of it was kept. */
function textEvents(item: Row, ids: Row, created: number, ended: number): EventV2[] {
  const { type, text } = item;
  const time = objectIn(item, "time");
  const begun = timeOf(time.created, created);
  const start = { type: `session.${type}.started`, created: begun, data: ids };
  if (text === "") return [start];
  const end = timeOf(time.completed, ended, begun);
  return [start, { type: `session.${type}.ended`, created: end, data: { ...ids, text } }];
}

/** A call: its input as the model writes it, then what it was called with, then what came of it. */
function toolEvents(item: Row, ids: Row, created: number): EventV2[] {
  const { id, name, executed } = item;
  const state = objectIn(item, "state");
  const { status, input, content, metadata, error } = state;
  const time = objectIn(item, "time");
  const begun = timeOf(time.created, created);
  const call = { ...ids, id };
  const events: EventV2[] = [
    { type: "session.tool.input.started", created: begun, data: { ...call, name } },
  ];
  if (status === "streaming") {
    const written = { type: "session.tool.input.ended", created: begun };
    return input ? [...events, { ...written, data: { ...call, text: input } }] : events;
  }
  // One that failed while the model wrote its input was never called.
  if (time.ran || status !== "error") {
    const data = known({ ...call, input, executed });
    events.push({ type: "session.tool.called", created: timeOf(time.ran, begun), data });
  }
  const ended = timeOf(time.completed, time.ran, begun);
  if (status === "completed") {
    const data = known({ ...call, content, metadata, executed });
    events.push({ type: "session.tool.success", created: ended, data });
  }
  if (status === "error") {
    const data = known({ ...call, error, content, metadata, executed });
    events.push({ type: "session.tool.failed", created: ended, data });
  }
  return events;
}
