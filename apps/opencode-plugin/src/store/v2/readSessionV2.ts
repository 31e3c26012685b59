import {
  type Found,
  type IngestRecord,
  plausibleTime,
  SessionStatus,
  type Unreadable,
} from "@duolog/contract";
import { initialState2, translate2 } from "../../translate/index.ts";
import { eventUpsert } from "../../translate/shared/rows/event.ts";
import { NOTHING, sessionUpsert } from "../../translate/shared/rows/session.ts";
import { beginning } from "../readSession.ts";
import type { Row } from "../row.ts";
import type { Copy, RowsV2 } from "../store.ts";
import type { EventV2 } from "./event.ts";
import { eventsOfMessage, isKnownRow } from "./eventsOfMessage.ts";
import { beginningOf, presentOf, restOf } from "./eventsOfSession.ts";

/** What of the origin's is the fork's too: what was said and done, not how the origin came to rest. */
const COPIED = new Set(["user", "assistant", "compaction", "synthetic", "skill", "shell"]);

/** All that OpenCode 2's tables hold of a session, by the plugin's own translation. Throws like the rows. */
export function* readSessionV2(rows: RowsV2): Generator<Found> {
  const { session } = rows;
  const take = createTranslation();
  const begin = (row: Row, forkId: string | null) =>
    take(row, beginningOf(row, { forkId, firstMove: rows.firstMove() }));
  let isBegun = false;
  let isAtRest = false;
  for (const { row, copy } of rows.messages()) {
    // A fork's copies come first, and they alone say which event made it.
    if (session && !isBegun) yield begin(session, copy?.forkId ?? null);
    isBegun = true;
    isAtRest ||= row.type === "idle" && !copy;
    const found = take(row, eventsOfMessage(row));
    yield { ...(copy ? asCopy(found, row, copy) : found), unknown: unknownIn(row) };
  }
  if (!session) return;
  if (!isBegun) yield begin(session, null);
  if (!isAtRest) yield take(session, restOf(session));
  yield take(session, presentOf(session));
  yield { records: archivalOf(session), unreadable: [] };
}

/** The type of a row of `session_message`, where it is not known. */
function unknownIn({ type }: Row): string[] {
  return typeof type === "string" && !isKnownRow(type) ? [`session_message/${type}`] : [];
}

/** Translates what rows tell, one after the other; a text says why a row tells nothing. */
function createTranslation(): (row: Row, events: EventV2[] | string) => Found {
  let state = initialState2;
  return (row, events) => {
    const raw = beginning(row);
    if (typeof events === "string") return { records: [], unreadable: [{ raw, reason: events }] };
    const records: IngestRecord[] = [];
    const unreadable: Unreadable[] = [];
    // An event without an id is numbered by the state: here always the same, for a second import.
    state = { ...state, seq: 0 };
    for (const event of events) {
      const [next, results] = translate2(state, event, event.created);
      state = next;
      for (const result of results) {
        if (result.kind === "rejected") unreadable.push({ raw, reason: result.reason });
        else records.push(result);
      }
    }
    return { records, unreadable };
  };
}

/** No event tells of copies: what a copy is one of stands in the record of its message. */
function asCopy({ records, unreadable }: Found, row: Row, { copiedFromId }: Copy): Found {
  const told = records.flatMap((record): IngestRecord[] => {
    if (record.kind === "message" && record.data.id === row.id) {
      return [{ kind: "message", data: { ...record.data, copiedFromId } }];
    }
    return COPIED.has(String(row.type)) || record.kind === "message" ? [record] : [];
  });
  return { records: told, unreadable };
}

/** That it was put away, as version 1's events tell it: version 2 has none of that. */
function archivalOf({ id, time_archived }: Row): IngestRecord[] {
  const at = plausibleTime(time_archived);
  if (!at || typeof id !== "string") return [];
  const stamp = { at, seq: 0 };
  const facts = { ...NOTHING, status: SessionStatus.archived, updatedAt: at };
  const event = { id: `archive-${at}`, sessionId: id, kind: "archive" as const, createdAt: at };
  return [
    { kind: "session", data: sessionUpsert(id, facts, stamp) },
    { kind: "event", data: eventUpsert(event, stamp) },
  ];
}
