import type { ToolCall } from "@duolog/contract";
import { columns, oneLine, tokens, when } from "../text.ts";
import { endsOf } from "./call/callLine.ts";
import type { Shown } from "./shown.ts";

/** What is known of a session as a whole, a line each. */
export function headerText(shown: Shown): string {
  return columns(headerRows(shown));
}

/** The same, name and value; each value one line. */
export function headerRows({ session, toolCalls }: Shown): [name: string, value: string][] {
  const model = [session.provider, session.model].filter(Boolean).join("/");
  const rows = [
    ["Session", session.id],
    ["Source", session.source && session.source + (session.sourceInferred ? " (inferred)" : "")],
    ["Title", session.title],
    ["Project", session.projectPath],
    ["Branch", session.gitBranch],
    ["Model", model],
    ["Parent", session.parentId],
    ["Fork of", session.forkedFromId],
    ["Started", session.createdAt && when(session.createdAt)],
    ["Updated", session.updatedAt && when(session.updatedAt)],
    ["Ended", session.ended && when(session.endedAt)],
    ["Tokens", tokens(session)],
    ["Cost", session.cost !== null && `$${session.cost.toFixed(4)}`],
    ["Messages", String(session.messageCount)],
    ["Tool calls", countsOf(toolCalls)],
  ] as const;
  return rows.flatMap(([name, value]) => (value ? [[name, oneLine(value, 120)]] : []));
}

/** `3: 2 shell, 1 read; 1 failed`; empty where there are none. */
function countsOf(calls: ToolCall[]): string {
  if (calls.length === 0) return "";
  const ends = endsOf(calls).map((end) => `; ${end}`);
  return `${number(calls.length)}: ${byKind(calls)}${ends.join("")}`;
}

function byKind(calls: ToolCall[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of calls) counts.set(kind ?? "other", (counts.get(kind ?? "other") ?? 0) + 1);
  const most = [...counts].sort(([, a], [, b]) => b - a);
  return most.map(([kind, times]) => `${number(times)} ${kind}`).join(", ");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
