import { readdirSync, readFileSync } from "node:fs";
import type { IngestRecord } from "@duolog/contract";
import { initialState2, translate2 } from "@duolog/opencode-plugin/translate";

const FIXTURES = new URL("../fixtures/opencode-2/", import.meta.url);

/** An event of OpenCode 2 as its plugins get it, and when (epoch ms). */
export interface CapturedV2 {
  at: number;
  event: { id: string; type: string; data: { sessionID: string } };
}

/** The recordings of test/fixtures/opencode-2, which are made by hand from what its sources say. */
export const RECORDINGS_V2: readonly string[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".jsonl"))
  .map((name) => name.replace(".jsonl", ""));

/** The events of one, in order. */
export function readRecordingV2(name: string): CapturedV2[] {
  return readFileSync(new URL(`${name}.jsonl`, FIXTURES), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CapturedV2 & { kind: string })
    .filter(({ kind }) => kind === "event");
}

/** What one plugin process records of the events. @throws where any is rejected */
export function translateAllV2(events: readonly CapturedV2[]): IngestRecord[] {
  let state = initialState2;
  return events.flatMap(({ event, at }) => {
    const [next, results] = translate2(state, event, at);
    state = next;
    return results.map((result) => {
      if (result.kind === "rejected") throw new Error(result.reason);
      return result;
    });
  });
}
