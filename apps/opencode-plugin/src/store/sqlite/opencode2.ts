import type Database from "libsql";
import { columnsOf } from "./columns.ts";

/** Whether OpenCode 2 has its tables in the database; OpenCode 1's may be beside them. */
export function isOfOpencode2(db: Database.Database): boolean {
  return columnsOf(db, "session_v2").includes("id");
}
