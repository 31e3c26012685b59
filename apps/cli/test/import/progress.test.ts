import { expect, test } from "vitest";
import { Progress } from "../../src/import/progress.ts";

/** Writes down what a screen shows. */
function screen(isTerminal: boolean, columns = 80) {
  const shown: string[] = [];
  return { isTerminal, columns, shown, write: (text: string) => shown.push(text) };
}

const WORK = { sessions: 2_000, bytes: 1_000_000 };
const CLEAR = "\r\x1b[2K";

test("a terminal's line says how far it is, how fast and how long still, ten times a second, and goes", () => {
  const to = screen(true);
  const progress = new Progress(to, WORK, 0);
  progress.read(50, 50);
  progress.read(50, 100);
  for (let n = 0; n < 500; n++) progress.sessionDone(500);
  progress.read(900, 150);
  progress.read(4_000, 2_000);
  progress.end();
  expect(to.shown).toEqual([
    `${CLEAR}0 of 2,000 sessions read, 1,000 records/s`,
    // A quarter of the bytes took 2 s.
    `${CLEAR}500 of 2,000 sessions read, 2,500 records/s, 6.0 s left`,
    CLEAR,
  ]);
});

test("it is no longer than the terminal is wide", () => {
  const to = screen(true, 20);
  new Progress(to, WORK, 0).read(10, 100);
  expect(to.shown).toEqual([`${CLEAR}0 of 2,000 sessions`]);
});

test("elsewhere there is a line every five seconds at most, and nothing is taken back", () => {
  const to = screen(false);
  const progress = new Progress(to, { sessions: 1, bytes: 0 }, 0);
  for (let ms = 0; ms <= 12_000; ms += 100) progress.read(100, ms);
  progress.end();
  expect(to.shown).toEqual([
    "0 of 1 session read, 1,020 records/s\n",
    "0 of 1 session read, 1,010 records/s\n",
  ]);
});

test("a short import, and one for a program, tells nothing", () => {
  const to = screen(false);
  const progress = new Progress(to, WORK, 0);
  progress.read(10, 4_000);
  progress.end();
  expect(to.shown).toEqual([]);
  new Progress(null, WORK, 0).read(10, 60_000);
});
