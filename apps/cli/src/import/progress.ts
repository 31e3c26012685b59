import type { Writable } from "node:stream";
import { SingleBar } from "cli-progress";
import { count, duration } from "../output/text.ts";

/** How often a terminal's line is written anew a second, and how often a line is where there is none, ms. */
const TERMINAL_FPS = 10;
const PLAIN_MS = 5_000;

/** Where progress is told. */
export interface Screen {
  /** Null where a line can't be written over. */
  terminal: NodeJS.WriteStream | null;
  write(text: string): unknown;
}

/** A terminal, or a log, which for a program stays empty. */
export function screenOf(stream: NodeJS.WriteStream, isForProgram: boolean): Screen | null {
  const isTerminal = stream.isTTY === true;
  if (isForProgram && !isTerminal) return null;
  return { terminal: isTerminal ? stream : null, write: (text) => stream.write(text) };
}

/** What there is to read. */
export interface Work {
  sessions: number;
  bytes: number;
}

/** Tells how far a reading is: sessions, records a second, time left. Times are monotonic, ms. */
export class Progress {
  readonly #screen: Screen | null;
  readonly #all: Work;
  readonly #begun: number;
  readonly #done: Work = { sessions: 0, bytes: 0 };
  readonly #bar: SingleBar | null;
  #records = 0;
  #now: number;
  #shown: number;

  /** Null as the screen tells nothing. */
  constructor(screen: Screen | null, all: Work, now: number) {
    this.#screen = screen;
    this.#all = all;
    this.#begun = now;
    this.#now = now;
    this.#shown = now;
    this.#bar = screen?.terminal ? barOn(screen.terminal, () => this.#line()) : null;
    this.#bar?.start(all.bytes, 0);
  }

  /** So many more records were read. */
  read(records: number, now: number): void {
    this.#records += records;
    this.#now = now;
    this.#bar?.update(this.#done.bytes);
    if (this.#bar || this.#screen === null || now - this.#shown < PLAIN_MS) return;
    this.#shown = now;
    this.#screen.write(`${this.#line()}\n`);
  }

  /** One more session was read whole. */
  sessionDone(bytes: number): void {
    this.#done.sessions++;
    this.#done.bytes += bytes;
  }

  /** Leaves a terminal's line as if nothing had been there. */
  end(): void {
    this.#bar?.stop();
  }

  #line(): string {
    const ms = Math.max(1, this.#now - this.#begun);
    const { sessions, bytes } = this.#done;
    const rate = Math.round((this.#records * 1_000) / ms).toLocaleString("en-US");
    const left = bytes > 0 ? (ms * (this.#all.bytes - bytes)) / bytes : null;
    const read = `${sessions.toLocaleString("en-US")} of ${count(this.#all.sessions, "session")} read`;
    return `${read}, ${rate} records/s${left === null ? "" : `, ${duration(left)} left`}`;
  }
}

/** The line of a terminal: never longer than it is wide, and gone at the end. Signals are others' to see to. */
function barOn(stream: Writable, line: () => string): SingleBar {
  return new SingleBar({
    stream,
    format: line,
    fps: TERMINAL_FPS,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
  });
}
