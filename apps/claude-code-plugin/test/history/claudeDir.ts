import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Found, History, IngestRecord } from "@duolog/contract";
import { Rows } from "../translate/rows.ts";

/** A session's id, made of a number. */
export const idOf = (n: number) => `${String(n).padStart(8, "0")}-1111-4111-8111-000000000000`;

/** What a made-up line may say. */
interface Told {
  session?: number | string;
  agentId?: string;
  /** Seconds after 2026-03-01T00:00:00Z. */
  at?: number;
  cwd?: string;
}

/** A line in which `text` is said; by the model where `answer` is its message's id. */
export function said(text: string, told: Told = {}, answer: string | null = null): string {
  const { session = 1, agentId, at = 0, cwd = "/home/ada/garden" } = told;
  const sessionId = typeof session === "number" ? idOf(session) : session;
  const role = answer === null ? "user" : "assistant";
  const message = answer === null ? { content: text } : answered(answer, text);
  const line = {
    type: role,
    uuid: `${text}-${sessionId.slice(0, 8)}`,
    sessionId,
    isSidechain: agentId !== undefined,
    agentId,
    cwd,
    version: "2.1.217",
    timestamp: new Date(1_772_323_200_000 + at * 1_000).toISOString(),
    message: { role, ...message },
  };
  return `${JSON.stringify(line)}\n`;
}

function answered(id: string, text: string) {
  return {
    id,
    model: "claude-sonnet-4-6",
    content: [{ type: "text", text }],
    stop_reason: "end_turn",
  };
}

/** A directory of its own, gone with the test. */
export class ClaudeDir implements Disposable {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), "duolog-history-")));
  readonly config = join(this.root, ".claude");
  readonly projects = join(this.config, "projects");
  readonly garden = join(this.projects, "-home-ada-garden");

  /** Writes a file with the directories that it lies in; returns its path. */
  write(path: string, text: string): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** All that a history's parts hold, in order. */
export function readHistory(history: History): Found[] {
  return history.parts.flatMap((part) => [...part.read()]);
}

/** The rows of a history. */
export function rowsOf(history: History) {
  const records: IngestRecord[] = readHistory(history).flatMap((found) => found.records);
  return new Rows().add(records).told();
}

/** Whose message says what: `text · session's number · sub-agent`, sorted. */
export function saidIn(history: History): string[] {
  return rowsOf(history)
    .messages.map(({ textContent, sessionId, agentId }) =>
      [textContent, Number(String(sessionId).slice(0, 8)), agentId]
        .filter((part) => part !== undefined)
        .join(" · "),
    )
    .sort();
}

/** How often something is left for each reason. */
export function leftIn({ left }: History): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of left) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
