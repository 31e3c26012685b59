import { TitleKind } from "@duolog/contract";
import { type EventFacts, ownEvent } from "../../shared/rows/event.ts";
import { titleKindOf } from "../../shared/rows/session.ts";
import type { Translated } from "../../shared/step.ts";
import type { SessionState } from "../state.ts";
import type { Known } from "../step.ts";

type Change = Omit<EventFacts, "id" | "sessionId" | "createdAt">;

/**
 * What became of a session between two events that told of it whole: OpenCode changes one thing at
 * a time and tells which by nothing else. A process that knew nothing of the session before can't
 * tell; who reads the session's events from the first on can, and the event's id is the same.
 */
export function changeOf(
  sessionId: string,
  before: SessionState,
  after: SessionState,
  event: Known,
): Translated[] {
  if (!before.stamp) return [];
  const change = revertChange(before, after) ?? modelChange(before, after) ?? rename(before, after);
  return change ? ownEvent(event, sessionId, change) : [];
}

/**
 * A revert stands until it is undone, or until the next prompt: OpenCode then removes the messages
 * (`message.removed`, each) and takes the revert away, which makes it one for good. `boundary` says
 * so, and is left out where a part of the message at the boundary stays.
 */
function revertChange(before: SessionState, after: SessionState): Change | null {
  const [was, is] = [before.revert, after.revert];
  if (is && is.messageId === was?.messageId && is.partId === was.partId) return null;
  if (is) return revert(is.messageId, { to: is.messageId, part: is.partId });
  if (!was) return null;
  if (!before.isCut) return revert(was.messageId, { to: was.messageId, undone: true });
  if (was.partId === null) return revert(was.messageId, { boundary: was.messageId });
  return revert(was.messageId, { to: was.messageId, part: was.partId, committed: true });
}

function revert(messageId: string, data: NonNullable<Change["data"]>): Change {
  return { kind: "revert", messageId, data };
}

function modelChange(before: SessionState, after: SessionState): Change | null {
  const { model, provider } = after;
  if (!before.model || !model) return null;
  if (model === before.model && provider === before.provider) return null;
  return { kind: "model", text: model, data: { model, provider, from: before.model } };
}

/** The first title after a placeholder is a name, not another one. */
function rename(before: SessionState, after: SessionState): Change | null {
  if (!before.title || !after.title || before.title === after.title) return null;
  if (titleKindOf(before.title) === TitleKind.placeholder) return null;
  return { kind: "rename", text: after.title, data: { from: before.title } };
}
