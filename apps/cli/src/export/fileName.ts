import { createHash } from "node:crypto";

/** Longest name without its ending, so that every file system takes it. */
const LONGEST = 120;

/**
 * A file's name from an id, which may say anything: letters, digits, `-` and `_` stay. Where it is not
 * the id itself a hash of that stands behind it, so that two ids have two names.
 */
export function fileName(id: string, extension: string): string {
  const safe = id
    .replace(/[^A-Za-z0-9_-]/g, "_")
    .replace(/^-/, "_")
    .slice(0, LONGEST);
  if (safe === id) return `${safe}.${extension}`;
  const hash = createHash("sha256").update(id).digest("hex").slice(0, 12);
  return `${safe}-${hash}.${extension}`;
}
