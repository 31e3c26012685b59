/** Where a command writes to, and how: `json` for programs, else text for people. */
export interface Output {
  json: boolean;
  write: (text: string) => void;
}

/** Writes the value as JSON, or what `text` makes of it. */
export function show<T>({ json, write }: Output, value: T, text: (value: T) => string): void {
  write(json ? `${jsonText(value)}\n` : text(value));
}

/** What JSON may hold as it is and a terminal obeys: DEL, the controls behind it, marks that turn a text. */
const STEERING = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A value as JSON that steers no terminal. */
export function jsonText(value: unknown): string {
  const escaped = (character: string) =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value, null, 2).replace(STEERING, escaped);
}
