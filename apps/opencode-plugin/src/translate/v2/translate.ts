import { isId, isObject, Reader } from "../shared/read.ts";
import { type Stamp, stampOfId } from "../shared/stamp.ts";
import { readDirectory } from "./read.ts";
import type { State2 } from "./state.ts";
import type { Known2, Step2 } from "./step.ts";
import { HANDLERS } from "./types.ts";

/**
 * What one event of OpenCode 2 adds to the record. Pure: `at` is when the event was captured (epoch
 * ms), at most a day from when it was made. Takes anything and never throws; nothing of `event` is
 * kept but texts and numbers. An event told again, and one of a session whose beginning was missed,
 * take nothing back that another told. A `rejected` result stands for an event of a known type whose
 * shape is not known, beside the record of what could be read of it.
 *
 * Knowledge: the events of OpenCode 2.0 as a plugin's `ctx.event.subscribe` gives them
 * (lode/opencode/version-2.md).
 */
export function translate2(state: State2, event: unknown, at: number): Step2 {
  if (!isObject(event) || typeof event.type !== "string") {
    return [state, [{ kind: "rejected", reason: "event: no type" }]];
  }
  const handler = Object.hasOwn(HANDLERS, event.type) ? HANDLERS[event.type] : undefined;
  if (!handler) return [state, []];
  const reader = new Reader();
  const data = reader.object<Known2["data"]>(event.data, "data");
  const sessionId = reader.id(data.sessionID, "sessionID");
  const directory = readDirectory(event.location, "location", reader);
  const own = ownStamp(event, at, reader);
  const seq = own ? state.seq : state.seq + 1;
  const stamp = own ?? { at, seq };
  const id = isId(event.id) ? event.id : null;
  const { type } = event;
  if (sessionId === null) {
    const reason = `${type}: unexpected ${reader.problems.join(", ")}`;
    return [state, [{ kind: "rejected", reason }]];
  }
  return handler({ ...state, seq }, { type, id, sessionId, data, directory, stamp, at, reader });
}

/** `created`, then the counter in the id; without `created` both from the id. */
function ownStamp(event: Record<string, unknown>, at: number, reader: Reader): Stamp | null {
  const created = reader.time(event.created, "created");
  const inId = stampOfId(event.id, created ?? at);
  return inId && { at: created ?? inId.at, seq: inId.seq };
}
