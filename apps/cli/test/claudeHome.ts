import { appendFileSync, mkdirSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestHome } from "./duolog.ts";

/** When the first line was written, epoch ms; each next one a second later. */
export const T = Date.parse("2026-03-01T00:00:00Z");

/** A line of a transcript, as Claude Code writes it, of the `n`th turn. */
export function promptLine(sessionId: string, n: number): string {
  const line = { ...common(sessionId, n), type: "user", uuid: uuid(n) };
  return JSON.stringify({ ...line, message: { role: "user", content: `Prompt ${n}` } });
}

export function answerLine(sessionId: string, n: number): string {
  const message = {
    id: `msg_${n}`,
    role: "assistant",
    model: "claude-sonnet-4-6",
    content: [{ type: "text", text: `Answer ${n}` }],
    stop_reason: "end_turn",
    usage: { input_tokens: 10 * n, output_tokens: n },
  };
  return JSON.stringify({ ...common(sessionId, n), type: "assistant", uuid: uuid(n), message });
}

function common(sessionId: string, n: number) {
  const timestamp = new Date(T + n * 1_000).toISOString();
  return { sessionId, timestamp, cwd: "/home/ada/garden", version: "2.1.332", isSidechain: false };
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

/** Writes lines behind a session's transcript, which looks as if that was an hour ago. */
export function appendLines(home: TestHome, sessionId: string, lines: string[]): string {
  const path = join(home.env.HOME ?? "", ".claude/projects/-home-ada-garden", `${sessionId}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, lines.map((line) => `${line}\n`).join(""));
  const anHourAgo = Date.now() / 1_000 - 3_600;
  utimesSync(path, anHourAgo, anHourAgo);
  return path;
}
