import { errno } from "@duolog/client/local";

/** Why nothing can be read of a file or directory of OpenCode's: the same words for each of a kind. */
export class StoreProblem extends Error {
  override readonly name = "StoreProblem";
}

/** The reason that is told of what SQLite or fs threw. Throws anything else again. */
export function problemOf(error: unknown): string {
  if (error instanceof StoreProblem) return error.message;
  const code = errno(error);
  if (!(error instanceof Error) || code === undefined) throw error;
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return "locked by another program";
  if (isDamage(error)) return "a damaged database";
  if (code === "EACCES" || code === "EPERM") return "may not be read";
  return `can't be read: ${code.startsWith("SQLITE_") ? error.message : code}`;
}

/** Whether SQLite found something that is none of its own. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(errno(error) ?? "");
}
