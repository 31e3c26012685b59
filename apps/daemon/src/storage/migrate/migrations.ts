import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One migration of `prisma/migrations`, with the checksum that Prisma's own engine records. */
export interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of migration.sql, hex. */
  checksum: string;
}

/** The migrations of a directory in the order in which they apply: by name, as Prisma does. Throws like fs. */
export function readMigrations(directory: string): Migration[] {
  const names = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return names.map((name) => {
    const bytes = readFileSync(join(directory, name, "migration.sql"));
    const checksum = createHash("sha256").update(bytes).digest("hex");
    return { name, sql: bytes.toString("utf8"), checksum };
  });
}
