import { type Stats, statSync } from "node:fs";
import { isNotThere } from "@duolog/client/local";

/** What is at the path; null where nothing is, or can be. Throws like fs for what is no fault of the path. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}
