/** Deeper than that is not looked. */
const DEEPEST = 20;

/**
 * The values of a JSON text, a line for each, without the names of its fields; of a text that is none,
 * such as one that was cut, the text with what JSON escapes as spaces.
 */
export function wordsInJson(json: string): string {
  try {
    const lines: string[] = [];
    collect(JSON.parse(json), lines, DEEPEST);
    return lines.join("\n");
  } catch {
    return json.replace(/\\(?:u[0-9a-fA-F]{4}|.)/gs, " ");
  }
}

function collect(value: unknown, lines: string[], depth: number): void {
  if (typeof value === "string") lines.push(value);
  else if (typeof value === "number") lines.push(String(value));
  else if (typeof value === "object" && value !== null && depth > 0) {
    for (const inner of Object.values(value)) collect(inner, lines, depth - 1);
  }
}
