import type { Row } from "../row.ts";
import type { Copy } from "../store.ts";
import type { PlaceV2 } from "./TablesV2.ts";

/** So many first characters of a message's id the move gives the row of what was said in its user's name. */
const MADE_UP = 16;

/**
 * The rows of OpenCode 2 that are not of what version 1 has: the move keeps the ids of messages, and
 * makes up others from those of a message (lode/opencode/store.md).
 */
export function ownOfV2(places: readonly PlaceV2[], idsOfV1: readonly string[]): PlaceV2[] {
  const ids = new Set(idsOfV1);
  const beginnings = new Set(idsOfV1.map((id) => id.slice(0, MADE_UP)));
  const isMade = ({ id, type }: PlaceV2) =>
    type === "synthetic" && beginnings.has(id.slice(0, MADE_UP));
  // `system` is OpenCode's own word to the model.
  const isTold = ({ type }: PlaceV2) => type !== "system";
  return places.filter((place) => isTold(place) && !ids.has(place.id) && !isMade(place));
}

/**
 * What a row of a fork is a copy of; null for the fork's own. OpenCode copies a row under the id
 * `msg_<event that forked>_<seq>` and with its number in the origin.
 */
export function copyOf({ id, seq }: Row, originIds: ReadonlyMap<number, string>): Copy | null {
  const ending = `_${String(seq)}`;
  if (typeof id !== "string" || typeof seq !== "number" || !id.endsWith(ending)) return null;
  const forkId = id.slice(id.indexOf("_") + 1, -ending.length);
  return forkId === "" ? null : { forkId, copiedFromId: originIds.get(seq) ?? null };
}
