import { type Paint, PLAIN } from "./terminal/paint.ts";

/** Where a command writes to, and how: `json` for programs, else text for people. */
export interface Output {
  json: boolean;
  write: (text: string) => void;
  /** How parts of a text are marked; plain where nothing is said. */
  paint?: Paint;
  /** Shows a long text; where there is none it is written. */
  page?: (text: string) => Promise<void>;
}

/** Writes the value as JSON, or what `text` makes of it. */
export function show<T>({ json, write }: Output, value: T, text: (value: T) => string): void {
  write(json ? `${quietJson(value)}\n` : text(value));
}

/** As `show` for what may be longer than a screen. */
export async function showLong<T>(
  output: Output,
  value: T,
  text: (value: T, paint: Paint) => string,
): Promise<void> {
  const { json, paint = PLAIN, page } = output;
  if (json || !page) show(output, value, () => text(value, paint));
  else await page(text(value, paint));
}

/** What JSON may hold as it is and a terminal obeys: DEL, the controls behind it, marks that turn a text. */
const STEERING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON, `indent` columns a level, or on one line where that is 0, without what steers a terminal. */
export function quietJson(value: unknown, indent = 2): string {
  const escaped = (character: string) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, indent).replace(STEERING, escaped);
}
