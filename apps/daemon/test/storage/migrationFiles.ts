import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The migrations of the repository. */
export const MIGRATIONS = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));

/** A directory of its own with a `backups/` in it; `using` removes it. */
export function temporary(): Disposable & { at: (name: string) => string; backups: string } {
  const path = mkdtempSync(join(tmpdir(), "duolog-daemon-"));
  const backups = join(path, "backups");
  mkdirSync(backups);
  return {
    at: (name) => join(path, name),
    backups,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
