import { eventRecord } from "../../shared/rows/event.ts";
import { messageUpsert } from "../../shared/rows/message.ts";
import { noted, recorded, refused, type Translated } from "../../shared/step.ts";
import { withoutPrefix } from "../read.ts";
import { type Pending, takePending, withPending } from "../state.ts";
import type { Handler2, Known2 } from "../step.ts";
import { attachmentsOf } from "./attachment.ts";

interface Item {
  type: unknown;
  payload: unknown;
}
interface Payload {
  text: unknown;
  files: unknown;
  description: unknown;
}

/** session.inbox.enqueued: a prompt that waits. It is no message until it is delivered. */
export const enqueued: Handler2 = (state, event) => {
  const { reader, data, sessionId } = event;
  const id = reader.id(data.inboxID, "inboxID");
  const item = reader.object<Item>(data.item, "item");
  const type = reader.id(item.type, "item.type");
  if (id === null || type === null) return refused(state, event);
  const payload = reader.object<Payload>(item.payload, "item.payload");
  const pending: Pending = {
    type,
    text: reader.text(payload.text, "item.payload.text"),
    attachments: attachmentsOf(payload.files, "item.payload.files", reader),
    description: reader.line(payload.description, "item.payload.description"),
  };
  return noted(withPending(state, sessionId, id, pending), event);
};

/**
 * session.inbox.delivered: a prompt is a message from now on, what OpenCode put there itself an
 * event. Where this process was not told what waited, it can't tell which, and leaves it to the store.
 */
export const delivered: Handler2 = (state, event) => {
  const id = event.reader.id(event.data.inboxID, "inboxID");
  if (id === null) return refused(state, event);
  const [next, item] = takePending(state, event.sessionId, id);
  return recorded(next, event, ...(item ? recordsOf(id, item, event) : []));
};

/** session.inbox.cancelled: it never was a message. */
export const cancelled: Handler2 = (state, event) => {
  const id = event.reader.id(event.data.inboxID, "inboxID");
  if (id === null) return refused(state, event);
  return noted(takePending(state, event.sessionId, id)[0], event);
};

function recordsOf(id: string, item: Pending, { sessionId, stamp }: Known2): Translated[] {
  const { type, text, attachments, description } = item;
  const createdAt = stamp.at;
  if (type === "user") {
    const facts = { id, sessionId, role: "user", text, reasoning: null, attachments, createdAt };
    return [{ kind: "message", data: messageUpsert(facts, stamp) }];
  }
  if (type !== "synthetic") return [];
  const data = { what: "synthetic", description };
  const facts = { id: withoutPrefix(id), sessionId, kind: "injected" as const, text, data };
  return [eventRecord({ ...facts, createdAt }, stamp)];
}
