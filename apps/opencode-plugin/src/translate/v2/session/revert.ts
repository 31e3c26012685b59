import { refused } from "../../shared/step.ts";
import { laterTold, sessionOf, toldBefore, withSession } from "../state.ts";
import type { Handler2 } from "../step.ts";
import { happened } from "./record.ts";

/** session.revert.staged: a person went back to before a message, for now. */
export const revertStaged: Handler2 = (state, event) => {
  const { reader, data, sessionId, stamp } = event;
  const revert = reader.object<{ messageID: unknown; partID: unknown }>(data.revert, "revert");
  const to = reader.id(revert.messageID, "revert.messageID");
  if (to === null) return refused(state, event);
  const part = reader.line(revert.partID, "revert.partID");
  const { revert: known } = sessionOf(state, sessionId);
  const next = withSession(state, sessionId, { revert: laterTold(known, { value: to, stamp }) });
  return happened(next, event, { kind: "revert", messageId: to, data: { to, part } });
};

/** session.revert.cleared: undone. Where the revert was not told, nor is what it was of. */
export const revertCleared: Handler2 = (state, event) => {
  const to = toldBefore(sessionOf(state, event.sessionId).revert, event.stamp);
  return happened(state, event, { kind: "revert", messageId: to, data: { to, undone: true } });
};

/** session.revert.committed: that message and all after it are gone, without an event of their own (M8). */
export const reverted: Handler2 = (state, event) => {
  const boundary = event.reader.id(event.data.to, "to");
  if (boundary === null) return refused(state, event);
  return happened(state, event, { kind: "revert", messageId: boundary, data: { boundary } });
};
