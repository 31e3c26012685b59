import type { PastEvent } from "./opencodeEvents.ts";
import { objectIn } from "./parse.ts";

/**
 * The ids that an event tells, in each form that a row of some version of this translation has of it:
 * the event's without its prefix, a call's behind its message's.
 */
export function namedIn({ event }: PastEvent): string[] {
  const { id, properties } = event;
  const [info, part] = [objectIn(properties, "info"), objectIn(properties, "part")];
  const { archived } = objectIn(info, "time");
  const messageId = part.messageID ?? properties.messageID;
  const named = [
    ...[properties.sessionID, info.id, messageId, part.id, properties.partID],
    ...(typeof id === "string" ? [id.replace(/^evt_/, "")] : []),
    ...(part.callID === undefined ? [] : [`${messageId}/${part.callID}`]),
    ...(typeof archived === "number" ? [`archive-${archived}`] : []),
  ];
  return [...new Set(named.filter((name) => typeof name === "string"))];
}
