import { type EventFacts, eventRecord } from "../../shared/rows/event.ts";
import { compareStamps } from "../../shared/stamp.ts";
import { noted, recorded, type Translated } from "../../shared/step.ts";
import { readError, readModel, readUsage, withoutPrefix } from "../read.ts";
import { type Compaction, type State2, sessionOf, withSession } from "../state.ts";
import type { Handler2, Known2, Step2 } from "../step.ts";

/** session.compaction.started: under the id of the message that asked for it, else its own. */
export const compactionStarted: Handler2 = (state, event) => {
  const begun = begunBy(event);
  if (!begun) return noted(state, event);
  const { compaction: known } = sessionOf(state, event.sessionId);
  const compaction = known?.id === begun.id ? known : begun;
  const next = withSession(state, event.sessionId, { compaction });
  return recorded(next, event, record(event, begun, { data: { trigger: triggerOf(event) } }));
};

/** session.compaction.ended: the summary, and what it took, which the session's totals hold too. */
export const compactionEnded: Handler2 = (state, event) => {
  const { reader, data } = event;
  const usage = readUsage(data, reader);
  return over(state, event, {
    text: reader.text(data.text, "text"),
    data: { trigger: triggerOf(event), ...readModel(data.model, "model", reader), ...usage },
  });
};

export const compactionFailed: Handler2 = (state, event) => {
  const { reader, data } = event;
  const error = readError(data.error, "error", reader);
  return over(state, event, {
    data: { trigger: triggerOf(event), error, ...readUsage(data, reader) },
  });
};

/**
 * The end goes to the beginning's row. Where this process may have missed the beginning, it can't
 * know the id, and leaves it to the store.
 */
function over(state: State2, event: Known2, facts: Pick<EventFacts, "text" | "data">): Step2 {
  const known = compactionOf(state, event);
  if (!known) return noted(state, event);
  const compaction = { ...known, endedBy: event.id };
  const next = withSession(state, event.sessionId, { compaction });
  return recorded(next, event, record(event, known, facts));
}

/** Which compaction the event ends: the one under way, else one that began with its end. */
function compactionOf(state: State2, event: Known2): Compaction | null {
  const { compaction, activeSince } = sessionOf(state, event.sessionId);
  if (compaction && (compaction.endedBy === null || compaction.endedBy === event.id)) {
    return compaction;
  }
  const isWhole = activeSince !== null && compareStamps(activeSince, event.stamp) < 0;
  return isWhole || event.data.inputID ? begunBy(event) : null;
}

function record(
  { sessionId, stamp, data, reader }: Known2,
  { id, createdAt }: Compaction,
  facts: Pick<EventFacts, "text" | "data">,
): Translated {
  const asked = reader.line(data.inputID, "inputID");
  const messageId = asked ?? (id.startsWith("msg_") ? id : null);
  return eventRecord(
    { ...facts, id, sessionId, kind: "compaction", messageId, createdAt, updatedAt: stamp.at },
    stamp,
  );
}

function begunBy({ data, reader, id, stamp }: Known2): Compaction | null {
  const asked = data.inputID === undefined ? null : reader.id(data.inputID, "inputID");
  const own = asked ?? (id === null ? null : withoutPrefix(id));
  return own === null ? null : { id: own, createdAt: stamp.at, endedBy: null };
}

function triggerOf({ data, reader }: Known2): string | null {
  return reader.line(data.reason, "reason");
}
