import { chmodSync, existsSync } from "node:fs";
import Database from "libsql";
import { readOnlyUrl } from "./readOnlyUrl.ts";
import { StorageRefusal } from "./storageRefusal.ts";

/** Copies a database that somebody may be writing to. Throws StorageRefusal where it can't be read. */
export function copyDatabase(from: string, to: string): void {
  if (!existsSync(from)) throw new StorageRefusal("unreadable", `there is no file ${from}`);
  let db: Database.Database | null = null;
  try {
    db = new Database(readOnlyUrl(from), { timeout: 5_000 });
    db.prepare("VACUUM INTO ?").run(to);
    chmodSync(to, 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageRefusal("unreadable", `can't read ${from}: ${reason}`, { cause: error });
  } finally {
    db?.close();
  }
}
