import { callRecord } from "../../shared/rows/toolCall.ts";
import { noted, recorded } from "../../shared/step.ts";
import { type PartHandler, place, positionOf } from "../message/part.ts";
import { withMessage } from "../state.ts";
import { type Call, readCall } from "./call.ts";

/**
 * A tool part: its call as this state of it tells. A call under way is told once, and again only
 * where its input, title or sub-agent changed: OpenCode tells it anew with each line of its output.
 * A call whose input the model still writes is told where the store has no more of it (an event
 * without an id): live, its beginning follows soon, and only that knows when it began.
 */
export const toolPart: PartHandler = (state, event, ref) => {
  const call = readCall(ref, event.at, event.reader);
  const known = ref.message.parts.find(({ id }) => id === ref.id);
  const isWaiting = call.isPending && event.id !== null;
  const said = call.status === "running" && !isWaiting ? signature(call) : "";
  const placed = place(event, ref, {
    text: said,
    call: isWaiting ? (known?.call ?? null) : call.id,
  });
  if (!placed) return noted(state, event);
  const next = withMessage(state, placed.message);
  const isNew = !isWaiting && (said === "" || said !== known?.text);
  if (!isNew) return recorded(next, event, ...placed.moved);
  const record = callRecord({ ...call, position: positionOf(placed.message, ref.id) }, event.stamp);
  return recorded(next, event, record, ...placed.moved);
};

/** What is told of a call under way. */
function signature({ input, data, childSessionId }: Call): string {
  return `running\n${data}\n${childSessionId}\n${input}`;
}
