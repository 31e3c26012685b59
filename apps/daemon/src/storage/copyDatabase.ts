import { chmodSync, existsSync } from "node:fs";
import Database from "libsql";
import { readOnlyUrl } from "./readOnlyUrl.ts";
import { isConstraint, isDamage } from "./storageError.ts";
import { StorageRefusal } from "./storageRefusal.ts";

/**
 * Copies a database that somebody may be writing to, and of its log what SQLite takes. Throws
 * StorageRefusal where it is damaged, or can't be read.
 */
export function copyDatabase(from: string, to: string): void {
  if (!existsSync(from)) throw new StorageRefusal("unreadable", `there is no file ${from}`);
  let db: Database.Database | null = null;
  try {
    db = new Database(readOnlyUrl(from), { timeout: 5_000 });
    db.prepare("VACUUM INTO ?").run(to);
    chmodSync(to, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const why = isDamage(error) || isConstraint(error) ? "damaged" : "unreadable";
    throw new StorageRefusal(why, `can't read ${from}: ${reason}`, { cause: error });
  } finally {
    db?.close();
  }
}
