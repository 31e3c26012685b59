import { readFileSync } from "node:fs";
import type { IngestRecord } from "@duolog/contract";
import { initialState2, type State2, translate2 } from "@duolog/opencode-plugin/translate";

/** An event as a plugin of version 2 gets it, and when (epoch ms). */
export interface Captured {
  at: number;
  event: { id: string; type: string; created: number; data: Record<string, unknown> };
}

/** The events of a recording in test/fixtures/opencode-2, in order. */
export function readRecording(name: string): Captured[] {
  const file = new URL(`../../fixtures/opencode-2/${name}.jsonl`, import.meta.url);
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Captured & { kind: string })
    .filter(({ kind }) => kind === "event");
}

/** What one process records of the events. @throws where any is rejected */
export function translateAll(events: Captured[]): IngestRecord[] {
  let state: State2 = initialState2;
  return events.flatMap(({ event, at }) => {
    const [next, results] = translate2(state, event, at);
    state = next;
    return results.map((result) => {
      if (result.kind === "rejected") throw new Error(result.reason);
      return result;
    });
  });
}
