import { entities, type Kind, Source } from "@duolog/contract";
import type { RepairReport } from "@duolog/contract/server";
import type { DifferingRow, RowRef, Verdict } from "@duolog/daemon/verify";
import { count, oneLine } from "../output/text.ts";
import type { VerifiedHistory, VerifiedRecord } from "./verify.ts";

/** Of a session so many rows are named, and so many sessions; `--json` names all. */
const MOST_ROWS = 5;
const MOST_SESSIONS = 20;

const AGENTS: Record<Source, string> = {
  [Source.opencode]: "OpenCode",
  [Source.claude_code]: "Claude Code",
};

const NOUNS: Record<Kind, string> = {
  session: "session",
  message: "message",
  toolCall: "tool call",
  event: "event",
};

/** The verdict for a person; its last line is `complete` or `N sessions differ`. */
export function verifiedText({ complete, histories, repaired }: VerifiedRecord): string {
  const differing = histories.flatMap(({ differing }) => differing);
  const shown = differing.slice(0, MOST_SESSIONS).flatMap(sessionLines);
  const more = differing.length - MOST_SESSIONS;
  return [
    ...(repaired ? repairedLines(repaired) : []),
    ...histories.flatMap(historyLines),
    ...shown,
    ...(more > 0 ? [`… and ${count(more, "session")} more: --json names all`] : []),
    ...(complete ? [] : ["`duolog verify --repair` sets them right, after a backup"]),
    complete ? "complete" : differText(differing.length),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function differText(sessions: number): string {
  return sessions === 1 ? "1 session differs" : `${count(sessions, "session")} differ`;
}

function repairedLines({ added, changed, removed, backup }: RepairReport): string[] {
  return [
    `Set right: ${count(added, "row")} added, ${changed} changed, ${removed} taken out`,
    `The file from before is ${backup}`,
  ];
}

function historyLines(history: VerifiedHistory): string[] {
  const { source, places, compared, onlyHere, rowsOnlyHere, unreadable } = history;
  if (places.length === 0 && onlyHere.length === 0)
    return [`${AGENTS[source]}: nothing of it is here`];
  const rows = Object.values(rowsOnlyHere).reduce((sum, number) => sum + number, 0);
  const here = [
    ...(onlyHere.length ? [count(onlyHere.length, "session")] : []),
    ...(rows ? [`${count(rows, "row")} of others`] : []),
  ];
  return [
    `${AGENTS[source]}: ${count(compared, "session")} compared with ${places.join(", ") || "nothing"}`,
    ...(here.length ? [`  only here, gone at the agent: ${here.join(", ")}`] : []),
    ...(unreadable ? [`  ${count(unreadable, "broken or unknown thing")} passed over`] : []),
  ];
}

function sessionLines({ sessionId, missing, different, outdated }: Verdict): string[] {
  const rows = [
    ...missing.map((row) => `missing: ${name(row)}`),
    ...different.map((row) => `different: ${name(row)}: ${columnsOf(row)}`),
    ...outdated.map((row) => `of an earlier translation: ${name(row)}`),
  ];
  const more = rows.length - MOST_ROWS;
  return [
    oneLine(sessionId, 128),
    ...rows.slice(0, MOST_ROWS).map((row) => `  ${row}`),
    ...(more > 0 ? [`  … and ${count(more, "row")} more`] : []),
  ];
}

function name({ kind, id }: RowRef): string {
  return kind === "session" ? "the session itself" : `${NOUNS[kind]} ${oneLine(id, 128)}`;
}

/** By the names that the file has. */
function columnsOf({ kind, fields }: DifferingRow): string {
  const columns = entities[kind].columns as Readonly<Record<string, string>>;
  return fields.map((field) => columns[field] ?? field).join(", ");
}
