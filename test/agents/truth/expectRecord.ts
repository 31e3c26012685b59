import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import { readRecord } from "./record.ts";
import { type MessageRow, type Rows, type SessionRow, sorted } from "./rows.ts";

/** How long what was said may take to reach the file. */
const ARRIVAL_MS = 60_000;
/** How long the record is watched after that: a row too many may come late. */
const WATCH_MS = 300;

/**
 * Waits until the record in a data directory equals the truth: each session, message and tool call once, with
 * every field that the agents' own files tell, no row too many and nothing rejected.
 * @param truth read again for each look, because an agent may still be writing
 */
export async function expectRecord(dataDir: string, truth: () => Rows): Promise<void> {
  await vi.waitFor(() => compare(readRecord(dataDir), truth()), {
    timeout: ARRIVAL_MS,
    interval: 200,
  });
  await sleep(WATCH_MS);
  compare(readRecord(dataDir), truth());
  expect(rejected(dataDir)).toEqual([]);
}

/** Several agents' rows as one. */
export function union(...parts: Rows[]): Rows {
  return sorted({
    sessions: parts.flatMap((part) => part.sessions),
    messages: parts.flatMap((part) => part.messages),
    toolCalls: parts.flatMap((part) => part.toolCalls),
  });
}

function compare(record: Rows, truth: Rows): void {
  expect(record.sessions.map(stable)).toEqual(truth.sessions.map(stable));
  expect(record.messages).toEqual(truth.messages);
  expect(record.toolCalls).toEqual(truth.toolCalls);
  for (const [index, session] of truth.sessions.entries()) {
    const latest = Math.max(session.updatedAt ?? 0, ...timesIn(session, truth.messages));
    const found = record.sessions[index]?.updatedAt;
    expect(found, `updated_at of ${session.id}`).toBeGreaterThanOrEqual(latest);
    expect(found, `updated_at of ${session.id}`).toBeLessThanOrEqual(Date.now());
  }
}

/** All but `updatedAt`: hooks and events tell later times than the agents' files do. */
function stable({ updatedAt: _, ...session }: SessionRow) {
  return session;
}

function timesIn(session: SessionRow, messages: MessageRow[]): number[] {
  return messages
    .filter((message) => message.sessionId === session.id)
    .map((message) => message.completedAt ?? message.createdAt ?? 0);
}

function rejected(dataDir: string): string[] {
  const folder = join(dataDir, "rejected");
  return existsSync(folder) ? readdirSync(folder) : [];
}
