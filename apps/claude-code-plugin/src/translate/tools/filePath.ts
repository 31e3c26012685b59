import { asText, type Json } from "../json.ts";

/** The fields of a tool's input that name what it touches. */
const FIELDS = ["file_path", "notebook_path", "path"];

/** The path that a tool's input names, as it names it; null where it names none. */
export function pathIn(input: Json): string | null {
  for (const field of FIELDS) {
    const path = asText(input[field]);
    if (path !== null) return path;
  }
  return null;
}
