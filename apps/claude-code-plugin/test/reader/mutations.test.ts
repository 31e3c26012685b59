import { readFileSync } from "node:fs";
import { ingestRecord } from "@duolog/contract/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHook } from "../../src/translate/hook.ts";
import { Transcript } from "../../src/translate/transcript.ts";
import { RECORDINGS } from "../translate/recordings.ts";
import { readersOf } from "./reading.ts";

const RUNS = Number(process.env.DUOLOG_RUNS ?? 400);

const paths = RECORDINGS.flatMap(({ name }) => readersOf(name).map(({ path }) => path));
const lines = paths.flatMap((path) => readFileSync(path, "utf8").trim().split("\n"));

/** What may stand where something else was expected. */
const odd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(
    -1,
    1e300,
    0.5,
    "x".repeat(100_000),
    "\0",
    "\ud800",
    "9999-12-31T00:00:00Z",
    "2000-01-02T00:00:00Z",
    "2090-01-01T00:00:00Z",
    { __proto__: null, constructor: 1 },
    [[[[]]]],
  ),
);

/** Puts the value where the path of choices leads. */
function mutate(value: unknown, choices: number[], put: unknown): unknown {
  const [choice, ...rest] = choices;
  if (choice === undefined || typeof value !== "object" || value === null) return put;
  const keys = Object.keys(value);
  const key = keys[choice % Math.max(1, keys.length)];
  if (key === undefined) return put;
  const copy: Record<string, unknown> = { ...value };
  copy[key] = mutate(copy[key], rest, put);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

const line = fc.oneof(
  fc
    .tuple(fc.constantFrom(...lines), fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }), odd)
    .map(([line, choices, put]) => JSON.stringify(mutate(JSON.parse(line), choices, put))),
  fc.tuple(fc.constantFrom(...lines), fc.nat(), fc.string()).map(([line, at, put]) => {
    const cut = at % line.length;
    return line.slice(0, cut) + put + line.slice(cut + put.length);
  }),
  fc.constantFrom(...lines),
);

test("whatever a line holds, nothing is thrown and all that is said the wire takes", () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const transcript = new Transcript({ sessionId: "s", agentId: null, agentType: null });
      let offset = 0;
      for (const text of lines) {
        const end = offset + Buffer.byteLength(text) + 1;
        transcript.add({ offset, text }, end);
        offset = end;
      }
      for (const record of transcript.take()) {
        const checked = ingestRecord.safeParse(record);
        expect(checked.error?.issues ?? []).toEqual([]);
      }
      expect(JSON.parse(JSON.stringify(transcript.cursor()))).toEqual(transcript.cursor());
    }),
    { numRuns: RUNS },
  );
});

test("whatever a hook's payload holds, it is read or said to be wrong", () => {
  const payload = {
    session_id: "s",
    transcript_path: "/p/s.jsonl",
    hook_event_name: "Stop",
    prompt_id: "p",
    last_assistant_message: "x",
  };
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 2 }), odd, (choices, put) => {
      const note = parseHook(JSON.stringify(mutate(payload, choices, put)));
      if (typeof note === "string") return;
      expect([note.event, note.sessionId, note.transcriptPath]).not.toContain("");
    }),
    { numRuns: RUNS },
  );
});
