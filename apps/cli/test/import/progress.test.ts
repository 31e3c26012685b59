import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { Progress, type Screen, screenOf } from "../../src/import/progress.ts";

const WORK = { sessions: 2_000, bytes: 1_000_000 };

/** A terminal that writes down what it is told. */
function terminal(columns = 80) {
  const told: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(text, _encoding, done) {
      told.push(String(text));
      done();
    },
  });
  return { told, stream: Object.assign(stream, { isTTY: true, columns }) as never };
}

/** What it showed, without what moves the cursor. */
const shown = (told: string[]) =>
  told.map(stripVTControlCharacters).filter((text) => text.trim() !== "");

describe("on a terminal", () => {
  test("a line says how far it is, how fast and how long still, and is gone at the end", () => {
    const { told, stream } = terminal();
    const progress = new Progress(screenOf(stream, false), WORK, 0);
    for (let n = 0; n < 500; n++) progress.sessionDone(500);
    progress.read(5_000, 2_000);
    progress.end();
    // A quarter of the bytes took 2 s.
    expect(shown(told).at(-1)).toBe("500 of 2,000 sessions read, 2,500 records/s, 6.0 s left");
    // It clears the line it wrote, and shows the cursor that it hid.
    const rest = told.slice(told.findLastIndex((text) => text.includes("6.0 s left")) + 1).join("");
    expect(rest).toContain("\x1b[2K");
    expect(rest).toContain("\x1b[?25h");
    expect(rest).not.toContain("\n");
  });

  test("it does not write for each portion that is read", () => {
    const { told, stream } = terminal();
    const progress = new Progress(screenOf(stream, false), WORK, 0);
    for (let n = 1; n <= 10_000; n++) progress.read(1, n);
    progress.end();
    expect(shown(told).length).toBeLessThan(50);
  });

  test("for a program that shows its errors on a terminal too", () => {
    expect(screenOf(terminal().stream, true)?.terminal).not.toBeNull();
  });
});

/** A log, or a pipe. */
function log(): { screen: Screen; shown: string[] } {
  const lines: string[] = [];
  return { screen: { terminal: null, write: (text) => lines.push(text) }, shown: lines };
}

describe("elsewhere", () => {
  test("there is a line every five seconds at most, and nothing is taken back", () => {
    const to = log();
    const progress = new Progress(to.screen, { sessions: 1, bytes: 0 }, 0);
    for (let ms = 0; ms <= 12_000; ms += 100) progress.read(100, ms);
    progress.end();
    expect(to.shown).toEqual([
      "0 of 1 session read, 1,020 records/s\n",
      "0 of 1 session read, 1,010 records/s\n",
    ]);
  });

  test("a short import, and one for a program, tells nothing", () => {
    const to = log();
    const progress = new Progress(to.screen, WORK, 0);
    progress.read(10, 4_000);
    progress.end();
    expect(to.shown).toEqual([]);
    new Progress(null, WORK, 0).read(10, 60_000);
    expect(screenOf(process.stderr, true)).toBeNull();
  });
});
