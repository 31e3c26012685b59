import { stripVTControlCharacters } from "node:util";
import type { ToolCall } from "@duolog/contract";
import { duration, oneLine } from "../../text.ts";
import { objectIn } from "../json.ts";
import { touchedOf } from "./touched.ts";

/** A sign for each status, and its word; a success needs none. */
const STATUSES: Partial<Record<string, { sign: string; word: string }>> = {
  success: { sign: "•", word: "" },
  error: { sign: "✗", word: "failed" },
  denied: { sign: "⊘", word: "denied" },
  interrupted: { sign: "■", word: "interrupted" },
  running: { sign: "…", word: "still running" },
};

/** Widest of each part of the line, columns. */
const WIDTH = { label: 60, touched: 100, reason: 80 };

/** A tool call in one line: its status, its name, what it touched, how it ended, how long it took. */
export function callLine(call: ToolCall, projectPath: string | null): string {
  const touched = oneLine(
    stripVTControlCharacters(touchedOf(call, projectPath) ?? ""),
    WIDTH.touched,
  );
  const facts = [[labelOf(call), touched].filter(Boolean).join("  "), endOf(call)];
  if (call.durationMs !== null) facts.push(duration(call.durationMs));
  return `${signOf(call)} ${facts.filter(Boolean).join(" · ")}`;
}

function signOf({ status }: ToolCall): string {
  return STATUSES[status ?? ""]?.sign ?? "?";
}

/** The tool's name, behind its kind where the name does not say that. */
function labelOf({ name, kind }: ToolCall): string {
  const isSaid = !kind || kind === "other" || name?.toLowerCase().includes(kind.toLowerCase());
  return oneLine(isSaid ? (name ?? "tool") : [kind, name].filter(Boolean).join(" "), WIDTH.label);
}

function endOf(call: ToolCall): string {
  const { status, statusInferred } = call;
  if (status === "interrupted" && statusInferred) return "interrupted (it never ended)";
  const word = STATUSES[status ?? ""]?.word ?? oneLine(status, WIDTH.label);
  return [word, reasonOf(call)].filter(Boolean).join(": ");
}

/** Why it failed; to some agents a command that ends with a code of its own has not. */
function reasonOf({ status, error, data }: ToolCall): string {
  const { exitCode } = objectIn(data);
  const reason = status === "error" ? error : null;
  if (reason !== null) return oneLine(stripVTControlCharacters(reason), WIDTH.reason);
  return typeof exitCode === "number" && exitCode !== 0 ? `exit code ${exitCode}` : "";
}

/** How many of these calls ended otherwise than well, as words; running ones too. */
export function endsOf(calls: ToolCall[]): string[] {
  return Object.entries(STATUSES).flatMap(([status, told]) => {
    const number = calls.filter((call) => call.status === status).length;
    return number > 0 && told?.word ? [`${number.toLocaleString("en-US")} ${told.word}`] : [];
  });
}
