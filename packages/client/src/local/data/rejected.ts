import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Refusal } from "@duolog/contract";
import { atomicWrite } from "../files/atomicWrite.ts";
import { isMissing } from "../files/errno.ts";
import type { DataPaths } from "./paths.ts";

/** Something that will never be a row, kept for a person to look at. */
export interface RejectedEntry {
  reason: Refusal | string;
  /** Name of the client that handed it in. */
  client: string;
  record: unknown;
  /** The record's JSON, where it came as such: kept of one that is nested too deeply to be written again. */
  text?: string;
  /** When it was refused, epoch ms. */
  at: number;
}

/** Most entries in `rejected/`, or little more: beyond so many nobody looks at another. */
export const MOST_REJECTED = 10_000;
/** A count takes a listing, so one is made for so many entries of this process. */
const COUNT_EVERY = 100;

let entries = 0;
/** The directory that was full when last counted. */
let full = "";

/**
 * Keeps the entry in `rejected/`, one 0600 file each; false where that is full. The name comes from
 * the content less `at`, so a repeat adds none. Throws like fs; what JSON can't hold is kept as text.
 */
export function writeRejected(paths: DataPaths, entry: RejectedEntry): boolean {
  const { reason, client, record, text, at } = entry;
  const content = `${JSON.stringify({ reason, client }).slice(1, -1)},\n"record":${toJson(record, text)}}\n`;
  const name = createHash("sha256").update(content).digest("hex").slice(0, 32);
  const file = join(paths.rejected, `${name}.json`);
  if (existsSync(file)) return true;
  mkdirSync(paths.rejected, { recursive: true, mode: 0o700 });
  if (isFull(paths.rejected)) return false;
  atomicWrite(file, `{"at":${at},${content}`);
  return true;
}

function isFull(directory: string): boolean {
  if (entries++ % COUNT_EVERY === 0)
    full = readdirSync(directory).length < MOST_REJECTED ? "" : directory;
  return full === directory;
}

function toJson(record: unknown, text?: string): string {
  try {
    return JSON.stringify(record) ?? "null";
  } catch {
    // A cycle, a bigint, a getter that throws, or a depth that is too great.
    return JSON.stringify(text ?? String(record));
  }
}

/** How many entries `rejected/` holds; none where it is no directory. Throws like fs. */
export function countRejected(paths: DataPaths): number {
  try {
    return readdirSync(paths.rejected).filter((name) => name.endsWith(".json")).length;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
