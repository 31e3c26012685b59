import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Json, told } from "../lines.ts";
import { conversation } from "./conversation.ts";

const RUNS = Number(process.env.DUOLOG_RUNS ?? 120);

const replay = fc.record({
  from: fc.nat(),
  length: fc.integer({ min: 1, max: 60 }),
  place: fc.nat(),
  /** What the lines have new. */
  fresh: fc.constantFrom<(line: Json, n: number) => Json>(
    () => ({}),
    (_, n) => ({ uuid: `f${n}` }),
    ({ uuid }, n) => ({ uuid: `f${n}`, parentUuid: `f${uuid}` }),
    ({ message }, n) => ({ uuid: `f${n}`, ...freshRequest(message as Json) }),
  ),
});

/** Where the API's id tells the answer, a copy of it may name another request. */
function freshRequest({ id }: Json): Json {
  return String(id).startsWith("m") ? { requestId: `f-${id}` } : {};
}

describe("history that is written again", () => {
  test("adds nothing and takes nothing away, from wherever to wherever", () => {
    fc.assert(
      fc.property(conversation, fc.array(replay, { maxLength: 3 }), (lines, replays) => {
        const all = replays.reduce<Json[]>((known, { from, length, place, fresh }, n) => {
          const begin = from % lines.length;
          const part = lines.slice(begin, begin + length);
          const after = known.indexOf(part.at(-1) as Json) + 1;
          const at = after + (place % (known.length - after + 1));
          const copies = part.map((line, i) => ({ ...line, ...fresh(line, n * 1_000 + i) }));
          return [...known.slice(0, at), ...copies, ...known.slice(at)];
        }, lines);
        expect(told(...all)).toEqual(told(...lines));
      }),
      { numRuns: RUNS },
    );
  });
});
