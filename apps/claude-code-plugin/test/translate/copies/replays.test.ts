import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answer, at, type Json, prompt, read, T0, told } from "../lines.ts";
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

describe("a prompt that is written again", () => {
  const said = (n: number, uuid: string, text = "yes") => prompt(text, { uuid, timestamp: at(n) });
  const ids = (...lines: Json[]) => told(...lines).messages.map(({ id }) => id);
  const image = (line: Json) => ({
    ...line,
    message: { content: [{ type: "text", text: "yes" }, { type: "image" }] },
  });

  test("with a fresh uuid is known by its time and words; the first uuid is the row's", () => {
    expect(ids(said(1, "a"), answer("m", "x"), said(1, "b"), said(1, "c"))).toEqual(["a", "m"]);
  });

  test.each<[string, Json]>([
    ["said once more is another", said(2, "b")],
    ["in other words is another", said(1, "b", "no")],
    ["with an image is another", image(said(1, "b"))],
    ["of another session is another", { ...said(1, "b"), sessionId: "o" }],
    ["without a time is another", { ...said(1, "b"), timestamp: undefined }],
  ])("%s", (_what, line) => {
    expect(ids(said(1, "a"), line).sort()).toEqual(["a", "b"]);
  });

  test("brings what was given beside it to no other prompt", () => {
    const file = (n: number, uuid: string) => ({
      type: "attachment",
      uuid,
      timestamp: at(n),
      attachment: { type: "file", filename: "/f", content: { type: "text" } },
    });
    const lines = [said(1, "a"), file(1, "f"), answer("m", "x"), said(5, "b", "and?")];
    const { messages } = told(...lines, said(1, "c"), file(1, "g"));
    expect(messages.map(({ id, attachments }) => [id, attachments ?? null])).toEqual([
      ["a", '[{"name":"f","type":"text/plain","path":"/f"}]'],
      ["b", null],
      ["m", null],
    ]);
  });

  test("moves no title, branch, status or directory back, nor tells of a move", () => {
    const facts = (cwd: string, gitBranch: string) => ({ cwd, gitBranch });
    const old = prompt("dig", { uuid: "a", timestamp: at(1), ...facts("/a", "old") });
    const now = prompt("plant", { uuid: "b", timestamp: at(9), ...facts("/b", "new") });
    const { sessions, events } = told(old, now, answer("m", "x", { line: { timestamp: at(10) } }), {
      ...old,
      uuid: "c",
    });
    expect(sessions).toMatchObject([
      { title: "dig", projectPath: "/a", gitBranch: "new", status: "idle", updatedAt: T0 + 10_000 },
    ]);
    expect(events).toMatchObject([{ kind: "cwd", createdAt: T0 + 9_000 }]);
  });
});

test("what a cursor keeps is bounded, and enough for a long session", { timeout: 120_000 }, () => {
  const turn = (n: number) => [
    prompt(`p${n}`, { uuid: `p${n}`, timestamp: at(2 * n) }),
    answer(`m${n}`, `a${n}`, { line: { timestamp: at(2 * n + 1), requestId: `r${n}` } }),
  ];
  const lines = Array.from({ length: 8_000 }, (_, n) => turn(n)).flat();
  const { transcript } = read(lines);
  expect(JSON.stringify(transcript.cursor()).length).toBeLessThan(300_000);
  const again = [...lines, ...turn(5_000), ...turn(7_999)];
  const { rows } = read(again, (i) => i === lines.length - 1);
  expect(rows.told().messages).toHaveLength(16_000);
});

describe("history that is written again", () => {
  test("adds nothing and takes nothing away, from wherever to wherever", {
    timeout: 120_000,
  }, () => {
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
