import type { Event } from "@opencode-ai/sdk/v2";
import { isId, isObject, Reader } from "../shared/read.ts";
import { stampOfId } from "../shared/stamp.ts";
import { messageInfo, messageRemoved } from "./message/info.ts";
import { partRemoved, partUpdated } from "./message/parts.ts";
import { sessionDeleted, sessionInfo } from "./session/info.ts";
import { permissionAsked, permissionReplied } from "./session/permission.ts";
import { sessionCompacted, sessionError, sessionIdle, sessionStatus } from "./session/status.ts";
import type { State } from "./state.ts";
import type { Handler, Step } from "./step.ts";

/** What older versions tell in place of `permission.asked`. */
type OldEvent = "permission.updated";

/** The events that tell something of the record; all others are passed over. */
export const HANDLERS = {
  "session.created": sessionInfo,
  "session.updated": sessionInfo,
  "session.deleted": sessionDeleted,
  "session.status": sessionStatus,
  "session.idle": sessionIdle,
  "session.compacted": sessionCompacted,
  "session.error": sessionError,
  "message.updated": messageInfo,
  "message.removed": messageRemoved,
  "message.part.updated": partUpdated,
  "message.part.removed": partRemoved,
  "permission.asked": permissionAsked,
  "permission.updated": permissionAsked,
  "permission.replied": permissionReplied,
} satisfies { [T in Event["type"] | OldEvent]?: Handler };

/**
 * What one OpenCode event adds to the record. Pure: `at` is when the event was captured (epoch ms),
 * at most a day from when it was made. Takes anything and never throws; nothing of `event` is kept
 * but texts and numbers, so it may change afterwards. A message's record is the whole message as
 * known so far; a session's, a tool call's and an event's is all that the event tells of it. A
 * `rejected` result stands for an event of a known type whose shape is not known, beside the record
 * of what could be read of it.
 *
 * Knowledge: events of OpenCode 1.18 as its plugins get them (lode/opencode/version-1.md).
 */
export function translate(state: State, event: unknown, at: number): Step {
  if (!isObject(event) || typeof event.type !== "string") {
    return [state, [{ kind: "rejected", reason: "event: no type" }]];
  }
  const { type } = event;
  const handler = isHandled(type) ? HANDLERS[type] : undefined;
  if (!handler) return [state, []];
  const reader = new Reader();
  const own = stampOfId(event.id, at);
  const seq = own ? state.seq : state.seq + 1;
  return handler(
    { ...state, seq },
    {
      type: event.type,
      id: isId(event.id) ? event.id : null,
      properties: reader.object(event.properties, "properties"),
      stamp: own ?? { at, seq },
      at,
      reader,
    },
  );
}

function isHandled(type: string): type is keyof typeof HANDLERS {
  return Object.hasOwn(HANDLERS, type);
}
