import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Refusal } from "@duolog/contract";
import { atomicWrite } from "./atomicWrite.ts";
import { errno } from "./errno.ts";
import type { DataPaths } from "./paths.ts";

/** Something that will never be a row, kept for a person to look at. */
export interface RejectedEntry {
  reason: Refusal | string;
  /** Name of the client that handed it in. */
  client: string;
  record: unknown;
  /** When it was refused, epoch ms. */
  at: number;
}

/**
 * Keeps the entry in `rejected/`, one 0600 file each. The name comes from the content less `at`,
 * so a repeat adds none. Throws like fs; what JSON can't hold is kept as text.
 */
export function writeRejected(paths: DataPaths, entry: RejectedEntry): void {
  const { reason, client, record, at } = entry;
  const content = stringify({ reason, client, record });
  const name = createHash("sha256").update(content).digest("hex").slice(0, 32);
  const file = join(paths.rejected, `${name}.json`);
  if (existsSync(file)) return;
  mkdirSync(paths.rejected, { recursive: true, mode: 0o700 });
  atomicWrite(file, `${stringify({ at, reason, client, record })}\n`);
}

function stringify(value: Partial<RejectedEntry>): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    // A cycle, a bigint, or a getter that throws.
    return JSON.stringify({ ...value, record: String(value.record) }, null, 2);
  }
}

/** How many entries `rejected/` holds. Throws like fs. */
export function countRejected(paths: DataPaths): number {
  try {
    return readdirSync(paths.rejected).filter((name) => name.endsWith(".json")).length;
  } catch (error) {
    if (errno(error) === "ENOENT") return 0;
    throw error;
  }
}
