/** Where a command writes to, and how: `json` for programs, else text for people. */
export interface Output {
  json: boolean;
  write: (text: string) => void;
}

/** Writes the value as JSON, or what `text` makes of it. */
export function show<T>({ json, write }: Output, value: T, text: (value: T) => string): void {
  write(json ? `${JSON.stringify(value, null, 2)}\n` : text(value));
}
