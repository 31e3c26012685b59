import type { Entry } from "./lines/entry.ts";

/** How a line is named that has no id of its own, by its time (epoch ms). */
export function nameOfTime(at: number): string {
  return `at ${at}`;
}

/** The ids that a line tells: its own, an answer's and its tool calls', and its time. Also where it is a copy. */
export function namesIn({ head: { uuid, at }, body }: Entry): string[] {
  const names = uuid === null ? [] : [uuid];
  if (at !== null) names.push(nameOfTime(at));
  if (body.kind === "assistant") names.push(body.line.id, ...body.line.calls.map(({ id }) => id));
  return names;
}
