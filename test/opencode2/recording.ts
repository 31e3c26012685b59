import { readFileSync } from "node:fs";

/** An event of OpenCode 2 as `ctx.event` gives it. */
export interface Event2 {
  id: string;
  type: string;
  data: Record<string, unknown>;
  location?: { directory: string };
}

/** The events of a recording in test/fixtures/opencode-2, in order. */
export function readRecording2(name: string): Event2[] {
  const file = new URL(`../fixtures/opencode-2/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { kind: string; event: Event2 })
    .filter(({ kind }) => kind === "event")
    .map(({ event }) => event);
}
