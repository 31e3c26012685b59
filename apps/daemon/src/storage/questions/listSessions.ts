import type { Connection } from "../record/connection.ts";
import { type CountedSession, loadSessions } from "./countedSessions.ts";
import { holding, type Inside } from "./inside.ts";
import { EVERYTHING } from "./narrow.ts";
import { plainPage } from "./plainPage.ts";
import { type SessionPosition, type SessionScope, sessionBatches } from "./sessionBatches.ts";

/** Which sessions: what they are themselves, and what is in them. */
export interface SessionQuestion extends SessionScope {
  inside: Inside;
}

export const ALL_SESSIONS: SessionQuestion = { narrow: EVERYTHING, since: null, inside: {} };

/** A page that takes longer ends early, ms: others wait for their reads meanwhile. */
const PATIENCE_MS = 250;

/** A page of sessions. Rejects with StorageError. */
export async function listSessions(
  connection: Connection,
  limit: number,
  after: SessionPosition | null,
  question: SessionQuestion = ALL_SESSIONS,
): Promise<{ sessions: CountedSession[]; next: SessionPosition | null }> {
  if (isPlain(question) && (after === null || after[0] !== null)) {
    const sessions = await plainPage(connection, limit + 1, after);
    const last = sessions[limit - 1]?.session;
    // Else the end is near, where those without a time are.
    if (last && sessions.length > limit) {
      return { sessions: sessions.slice(0, limit), next: [last.updatedAt, last.id] };
    }
  }
  const { found, next } = await find(connection, limit, after, question);
  const sessions = await loadSessions(
    connection,
    found.map(([, id]) => id),
  );
  const last = sessions.at(-1)?.session;
  // One that is gone meanwhile is passed over; texts that are too long end the page.
  const isWhole = last === undefined || last.id === found.at(-1)?.[1];
  return { sessions, next: isWhole ? next : [last.updatedAt, last.id] };
}

function isPlain({ narrow, since, inside }: SessionQuestion): boolean {
  return narrow.where === "" && since === null && Object.keys(inside).length === 0;
}

/** The ids of all sessions of a question, turn by turn. Rejects with StorageError. */
export async function* sessionIds(
  connection: Connection,
  question: SessionQuestion,
): AsyncGenerator<readonly string[]> {
  for await (const { found } of sessionBatches(connection, question, null)) {
    const ids = found.map(([, id]) => id);
    yield await holding(connection, ids, question.inside);
  }
}

interface Found {
  found: SessionPosition[];
  next: SessionPosition | null;
}

async function find(
  connection: Connection,
  limit: number,
  after: SessionPosition | null,
  question: SessionQuestion,
): Promise<Found> {
  const deadline = performance.now() + PATIENCE_MS;
  const found: SessionPosition[] = [];
  let next = after;
  for await (const batch of sessionBatches(connection, question, after, atOnce(limit, question))) {
    const ids = batch.found.map(([, id]) => id);
    const held = new Set(await holding(connection, ids, question.inside));
    found.push(...batch.found.filter(([, id]) => held.has(id)));
    next = batch.at;
    if (found.length > limit)
      return { found: found.slice(0, limit), next: found[limit - 1] ?? null };
    if (next === null || performance.now() > deadline) break;
  }
  return { found, next };
}

/** Sessions to look at in a turn: what is in them takes longest to know. */
function atOnce(limit: number, { narrow, inside }: SessionQuestion): number | undefined {
  if (Object.keys(inside).length > 0) return Math.max(limit + 1, 100);
  return narrow.where === "" ? limit + 1 : undefined;
}
