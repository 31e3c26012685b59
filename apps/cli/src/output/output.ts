/** Where a command writes to, and how: `json` for programs, else text for people. */
export interface Output {
  json: boolean;
  write: (text: string) => void;
}

/** Writes the value as JSON, or what `text` makes of it. */
export function show<T>({ json, write }: Output, value: T, text: (value: T) => string): void {
  write(json ? `${quietJson(value)}\n` : text(value));
}

/** What JSON may hold as it is and a terminal obeys: DEL, the controls behind it, marks that turn a text. */
const STEERING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON, `indent` columns a level, or on one line where that is 0, without what steers a terminal. */
export function quietJson(value: unknown, indent = 2): string {
  const escaped = (character: string) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, indent).replace(STEERING, escaped);
}
