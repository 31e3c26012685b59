import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scanObject } from "../../src/translate/damaged/objectScan.ts";
import { recordsIn } from "../../src/translate/damaged/records.ts";
import { besideLines } from "./anyLine.ts";
import { answer, at, type Json, prompt, read, session } from "./lines.ts";

const RUNS = Number(process.env.DUOLOG_RUNS ?? 60);

const asked = (n: number, more: Json = {}) =>
  JSON.stringify(prompt(`ask ${n}`, { uuid: `u${n}`, timestamp: at(n), ...more }));
const said = (n: number) =>
  JSON.stringify(answer(`m${n}`, `say ${n}`, { line: { timestamp: at(n) } }));
/** The first key is another one, as in files of several versions. */
const turned = (n: number) => {
  const { type, ...rest } = JSON.parse(said(n)) as Json;
  return JSON.stringify({ timestamp: at(n), message: rest.message, ...rest, type });
};
const half = (line: string) => line.slice(0, Math.floor(line.length / 2));
const texts = (...lines: string[]) =>
  read(lines)
    .rows.told()
    .messages.map(({ textContent }) => textContent)
    .sort();

describe("every whole record of a damaged line is kept, and what is lost is told", () => {
  const before = "a half-written line before a whole one";
  test.each<[string, string, string[], string[]]>([
    ["two whole ones", asked(1) + said(2), ["ask 1", "say 2"], []],
    ["two, the second in another order of keys", asked(1) + turned(2), ["ask 1", "say 2"], []],
    ["three", asked(1) + said(2) + asked(3), ["ask 1", "ask 3", "say 2"], []],
    [
      "three with spaces between",
      ` ${asked(1)}  ${said(2)}\t${asked(3)} `,
      ["ask 1", "ask 3", "say 2"],
      [],
    ],
    ["half a one, then a whole one", half(said(1)) + asked(2), ["ask 2"], [before]],
    ["two halves, then a whole one", half(said(1)) + half(asked(2)) + said(3), ["say 3"], [before]],
    ["the end of one, then a whole one", asked(1).slice(40) + said(2), ["say 2"], [before]],
    [
      "a whole one, then a half",
      asked(1) + half(said(2)),
      ["ask 1"],
      ["a half-written line behind a whole one"],
    ],
    [
      "a half between two whole ones",
      asked(1) + half(asked(2)) + said(3),
      ["ask 1", "say 3"],
      ["a half-written line between whole ones"],
    ],
    [
      "halves on both sides",
      half(asked(1)) + said(2) + half(asked(3)),
      ["say 2"],
      ["half-written lines beside whole ones"],
    ],
    [
      "a half that ends where a value is due",
      `{"type":"user","message":${asked(2)}`,
      ["ask 2"],
      [before],
    ],
    ["a half that ends in a list", `{"type":"user","x":[1,${asked(2)}`, ["ask 2"], [before]],
    [
      "a half that ends behind a backslash",
      `{"type":"user","x":"a\\${asked(2)}`,
      ["ask 2"],
      [before],
    ],
    [
      "a half that ends in an object, and a brace too many",
      `{"type":"user","x":1,${asked(2)}}`,
      ["ask 2"],
      ["half-written lines beside whole ones"],
    ],
    ["NULs, then a whole one", `${"\0".repeat(4096)}${asked(1)}`, ["ask 1"], []],
    ["NULs between and behind", `${asked(1)}\0\0${said(2)}\0`, ["ask 1", "say 2"], []],
    ["NULs within a half", `${half(said(1))}\0\0\0${asked(2)}`, ["ask 2"], [before]],
    ["half a one alone", half(said(1)), [], ["a half-written line"]],
    ["NULs alone", "\0\0\0", [], ["nothing but NULs"]],
    ["no record", '{"type":"user"}}', [], ["not a JSON object"]],
  ])("%s", (_what, line, kept, lost) => {
    const { broken, rows } = read(["", line]);
    expect(broken).toEqual(lost);
    expect(
      rows
        .told()
        .messages.map(({ textContent }) => textContent)
        .sort(),
    ).toEqual(kept);
  });

  test("a part of a record is no record, whatever its type", () => {
    const progress = {
      type: "progress",
      sessionId: "s",
      data: {
        type: "agent_progress",
        message: { type: "user", uuid: "x", message: { content: "of an agent" } },
      },
      toolUseID: "cut off here",
    };
    expect(texts(JSON.stringify(progress).slice(0, -12) + asked(2))).toEqual(["ask 2"]);
  });

  test("one in a broken shape costs itself only", () => {
    const { broken, rows } = read([asked(1) + JSON.stringify(prompt(7)) + said(2)]);
    expect(broken).toEqual(["user: no message.content"]);
    expect(rows.told().messages).toHaveLength(2);
  });

  test("each has its own place, in order: the last title wins", () => {
    const title = (customTitle: string) =>
      JSON.stringify({ type: "custom-title", sessionId: "s", customTitle });
    expect(session(asked(1), title("ä".repeat(9)) + title("B") + title("A"))).toMatchObject({
      title: "A",
    });
  });

  test("lost newlines cost nothing, wherever the reading stops", () => {
    const lines = fc
      .array(besideLines, { minLength: 1, maxLength: 8 })
      .map((groups) => groups.flat().map((line) => ({ ...line, sessionId: "s" })));
    fc.assert(
      fc.property(
        lines,
        fc.infiniteStream(fc.boolean()),
        fc.array(fc.nat(20)),
        (lines, joined, stops) => {
          const whole = read(lines);
          const damaged: string[] = [];
          for (const line of lines.map((one) => JSON.stringify(one))) {
            if (damaged.length > 0 && joined.next().value) damaged.push(damaged.pop() + line);
            else damaged.push(line);
          }
          const reading = read(damaged);
          expect(reading.broken).toEqual(whole.broken);
          expect(read(damaged, (i) => stops.includes(i)).rows.all()).toEqual(reading.rows.all());
          const names = ({ rows }: typeof whole) => rows.told().messages.map(({ id }) => id);
          expect(names(reading)).toEqual(names(whole));
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe("where an object ends", () => {
  test("is found in any JSON, whatever stands behind it", () => {
    const json = fc.json({ maxDepth: 4 }).map((value) => `{"a":${value}}`);
    fc.assert(
      fc.property(json, fc.string(), (object, rest) => {
        expect(scanObject(object + rest, 0).end).toBe(object.length);
      }),
    );
  });

  test("is not found in any beginning of it", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (value, cut) => {
        const object = `{"a":${value}}`;
        expect(scanObject(object.slice(0, cut % object.length), 0).end).toBeNull();
      }),
    );
  });
});

describe("a huge damaged line takes no more than its length", () => {
  const MB = 1024 * 1024;
  test.each<[string, string]>([
    ["objects in objects", '{"a":'.repeat((8 * MB) / 5)],
    ["halves", '{"type":"user","x":"'.repeat((8 * MB) / 20)],
    ["objects that are no records", `{"a":[${'{"b":"c"},'.repeat((8 * MB) / 10)}`],
    ["backslashes", `{"a":"${'\\"'.repeat(4 * MB)}`],
    ["objects in objects that are no JSON", `${'{"a":'.repeat(MB)}\u0001${"}".repeat(MB)}`],
    ["the same, with a NUL in a text", `${'{"a":'.repeat(MB)}"\0"${"}".repeat(MB)}`],
    ["quotes", `{"a":${'"'.repeat(8 * MB)}`],
    ["NULs", "\0".repeat(8 * MB)],
  ])("%s", (_what, text) => {
    const begin = performance.now();
    const { found } = recordsIn(text + asked(1));
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect(found.length).toBeLessThanOrEqual(1);
  });

  test("a whole record of 20 MB behind a half is kept", () => {
    const big = asked(1, { more: "x".repeat(20 * MB) });
    expect(recordsIn(half(said(2)) + big).found).toHaveLength(1);
  });
});

describe("what an editor or another system adds is no damage", () => {
  test.each<[string, string[]]>([
    ["a BOM at the file's start", [`\uFEFF${asked(1)}`, said(2)]],
    ["a BOM before a later line", [asked(1), `\uFEFF${said(2)}`]],
    ["a BOM between records", [`${asked(1)}\uFEFF${said(2)}`]],
    ["CRLF", [`${asked(1)}\r`, `${said(2)}\r`, "\r"]],
    ["blank lines", ["", asked(1), "  ", "\uFEFF", said(2)]],
  ])("%s", (_what, lines) => {
    expect(read(lines).broken).toEqual([]);
    expect(texts(...lines)).toEqual(["ask 1", "say 2"]);
  });
});
