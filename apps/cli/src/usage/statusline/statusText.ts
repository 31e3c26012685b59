import { oneLine } from "../../output/text.ts";
import { usd } from "../table.ts";

/** What Claude Code tells its status line's command, as far as it is used. Source: its documentation, `statusLine`. */
export interface StatusInput {
  session: string;
  /** As shown; null where none is told. */
  model: string | null;
}

/** What the record knows. Costs in USD. */
export interface StatusFacts {
  session: number;
  today: number;
  /** The window of Claude's plans that goes on; null where none does. */
  block: { cost: number; leftMs: number } | null;
}

/** Reads the input; null where it is none of Claude Code's. */
export function parseStatusInput(text: string): StatusInput | null {
  const input = parsed(text);
  const session = field(input, "session_id");
  if (typeof session !== "string" || session === "") return null;
  const model = field(input, "model");
  const name = field(model, "display_name") ?? field(model, "id");
  return { session, model: typeof name === "string" ? name : null };
}

/** One line: model, session, today, window. */
export function statusText({ model }: StatusInput, { session, today, block }: StatusFacts): string {
  const parts = [
    ...(model === null ? [] : [oneLine(model, 40)]),
    `${usd(session)} session`,
    `${usd(today)} today`,
    ...(block ? [`${usd(block.cost)} block (${timeLeft(block.leftMs)} left)`] : []),
  ];
  return parts.join(" · ");
}

function timeLeft(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
