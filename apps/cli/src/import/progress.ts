import { count, duration } from "../output/text.ts";

/** How often a terminal's line is written anew, and how often a line is where there is none, ms. */
const TERMINAL_MS = 100;
const PLAIN_MS = 5_000;

/** Where progress is told. */
export interface Screen {
  /** A line can be written over. */
  isTerminal: boolean;
  /** Characters of a line. */
  columns: number;
  write(text: string): unknown;
}

/** A terminal, or a log, which for a program stays empty. */
export function screenOf(stream: NodeJS.WriteStream, isForProgram: boolean): Screen | null {
  const { isTTY: isTerminal = false, columns = 80 } = stream;
  if (isForProgram && !isTerminal) return null;
  return { isTerminal, columns, write: (text) => stream.write(text) };
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
  #records = 0;
  #shown: number;
  #isOnLine = false;

  /** Null as the screen tells nothing. */
  constructor(screen: Screen | null, all: Work, now: number) {
    this.#screen = screen;
    this.#all = all;
    this.#begun = now;
    this.#shown = now;
  }

  /** So many more records were read. */
  read(records: number, now: number): void {
    this.#records += records;
    if (this.#screen === null) return;
    if (now - this.#shown < (this.#screen.isTerminal ? TERMINAL_MS : PLAIN_MS)) return;
    this.#shown = now;
    this.#show(this.#screen, this.#line(now - this.#begun));
  }

  /** One more session was read whole. */
  sessionDone(bytes: number): void {
    this.#done.sessions++;
    this.#done.bytes += bytes;
  }

  /** Leaves a terminal's line as if nothing had been there. */
  end(): void {
    if (this.#isOnLine) this.#screen?.write("\r\x1b[2K");
    this.#isOnLine = false;
  }

  #show({ isTerminal, columns, write }: Screen, line: string): void {
    this.#isOnLine = isTerminal;
    write(isTerminal ? `\r\x1b[2K${line.slice(0, columns - 1)}` : `${line}\n`);
  }

  #line(ms: number): string {
    const { sessions, bytes } = this.#done;
    const rate = Math.round((this.#records * 1_000) / ms).toLocaleString("en-US");
    const left = bytes > 0 ? (ms * (this.#all.bytes - bytes)) / bytes : null;
    const read = `${sessions.toLocaleString("en-US")} of ${count(this.#all.sessions, "session")} read`;
    return `${read}, ${rate} records/s${left === null ? "" : `, ${duration(left)} left`}`;
  }
}
