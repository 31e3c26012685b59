import { MAX_CURSOR } from "@duolog/contract";
import { ServiceError } from "@duolog/contract/server";

/**
 * Where a page ends: newest first, the id of its last hit and the place of its scope among those asked
 * for; best first, how many candidates are behind it.
 */
export type Position = readonly [at: number, scope: number];

/** What a cursor tells: null where it is the first page; and the sessions that were shown. */
export interface Cursor {
  position: Position | null;
  sessions: number[];
}

/** So many sessions that were shown a cursor has room for; the earliest are left out. */
const MOST_SESSIONS = Math.floor((MAX_CURSOR * 3) / 4 / 8) - 20;

export function encodeCursor(sort: string, [at, scope]: Position, sessions: number[]): string {
  const kept = sessions.slice(-MOST_SESSIONS).map((session) => session.toString(36));
  return Buffer.from(`${sort} ${at} ${scope} ${kept.join(",")}`).toString("base64url");
}

/** Throws ServiceError INVALID where it is none of ours, or of the other order. */
export function decodeCursor(cursor: string | undefined, sort: string): Cursor {
  if (cursor === undefined) return { position: null, sessions: [] };
  const text = Buffer.from(cursor, "base64url").toString();
  const [, order, at, scope, sessions = ""] =
    /^(\w+) (\d{1,15}) (\d) ([\da-z,]*)$/.exec(text) ?? [];
  if (order !== sort)
    throw new ServiceError({ code: "INVALID", field: "cursor", message: NOT_OURS });
  return {
    position: [Number(at), Number(scope)],
    sessions: sessions.split(",").flatMap((one) => (one === "" ? [] : [Number.parseInt(one, 36)])),
  };
}

const NOT_OURS = "cursor: not one of ours";
