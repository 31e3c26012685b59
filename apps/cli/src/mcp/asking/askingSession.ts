import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { RpcReader } from "@duolog/client";
import type { Source } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import { isWithin } from "./projects.ts";

/** What is known of who asks. */
export interface Asker {
  source: Source | undefined;
  directory: string;
  /** The session that the agent's environment names; it may have gone on to another since. */
  session: string | undefined;
  /** The agent's id of this very call. */
  call: string | undefined;
  /** The tool's name without the agent's prefix, and what it is asked. */
  tool: string;
  input: object;
  /** Epoch ms. */
  now: number;
}

/** A session that asks has grown within this time, ms. */
const RECENT_MS = 120_000;
/** Sessions that are looked into, and pages of calls in all. */
const MOST_SESSIONS = 20;
const MOST_PAGES = 20;

/** How long a running call is waited for, and between two looks, ms: the forwarder looks each 250 ms. */
const WAIT_MS = 1_200;
const LOOK_MS = 150;

/**
 * The session that asks, at the head of the family of sub-agents that it belongs to; several where only
 * that is known that it must be one of them. By the first that applies: the running call itself, in the
 * record, where an agent that is recorded asks; the session that the agent's environment names, while it
 * has not ended; the sessions of the directory that grew in the last two minutes. Rejects as the reader
 * does.
 */
export async function askingSessions(reader: RpcReader, asker: Asker): Promise<string[]> {
  const byCall = asker.source ? await sessionOfCall(reader, asker) : null;
  if (byCall !== null) return [await headOf(reader, byCall)];
  const named = asker.session ? await reader.session.get({ id: asker.session }) : null;
  if (named !== null && !named.ended) return [await headOf(reader, named)];
  const recent = await recentSessions(reader, asker);
  const here = recent.filter(({ projectPath }) => isWithin(asker.directory, projectPath));
  return [...new Set(await Promise.all(here.map((session) => headOf(reader, session))))];
}

async function recentSessions(
  reader: RpcReader,
  { source, now }: Asker,
): Promise<SessionSummary[]> {
  const query = { source, since: now - RECENT_MS, limit: MOST_SESSIONS };
  return (await reader.session.list(query)).items;
}

/** The session in which this call runs, as soon as it is recorded. */
async function sessionOfCall(reader: RpcReader, asker: Asker): Promise<SessionSummary | null> {
  for (const end = performance.now() + WAIT_MS; ; await setTimeout(LOOK_MS)) {
    const found = await callIn(reader, await recentSessions(reader, asker), asker);
    if (found !== null || performance.now() > end) return found;
  }
}

async function callIn(
  reader: RpcReader,
  sessions: SessionSummary[],
  asker: Asker,
): Promise<SessionSummary | null> {
  let pages = MOST_PAGES;
  for (const session of sessions) {
    for (let cursor: string | undefined; pages > 0; pages--) {
      const query = { sessionId: session.id, limit: 1_000, cursor, texts: false };
      const { items, nextCursor } = await reader.toolCall.list(query);
      if (items.some((call) => isAsked(call, asker))) return session;
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
  }
  return null;
}

interface Call {
  id: string;
  name: string | null;
  status: string | null;
  input: string | null;
}

function isAsked({ id, name, status, input }: Call, { call, tool, input: asked }: Asker): boolean {
  if (call !== undefined) return id === call;
  return status === "running" && name?.endsWith(`duolog_${tool}`) === true && holds(input, asked);
}

/** Whether a call's input, as recorded, says all that was asked. */
function holds(input: string | null, asked: object): boolean {
  try {
    const recorded = JSON.parse(input ?? "null") as Record<string, unknown> | null;
    if (recorded === null || typeof recorded !== "object") return false;
    return Object.entries(asked).every(([key, value]) => isDeepStrictEqual(recorded[key], value));
  } catch {
    return false;
  }
}

/** A sub-agent's question is its parent's. A circle of parents, which nobody has, ends. */
async function headOf(reader: RpcReader, session: SessionSummary): Promise<string> {
  const seen = new Set([session.id]);
  for (let { id, parentId } = session; ; ) {
    if (parentId === null || seen.has(parentId)) return id;
    seen.add(parentId);
    const parent = await reader.session.get({ id: parentId });
    if (parent === null) return id;
    ({ id, parentId } = parent);
  }
}
