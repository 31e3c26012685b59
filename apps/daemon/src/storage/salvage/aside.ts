import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { atomicWrite, readIfThere } from "@duolog/client/local";
import { isWalDamaged, mendWal, walOf } from "./wal.ts";

/** What SQLite keeps beside a database and needs to read it. */
const COMPANIONS = ["", "-wal", "-shm"];

/** What of a damaged database could still be read and was recorded again. */
export interface TakenOver {
  sessions: number;
  messages: number;
  toolCalls: number;
  events: number;
}

/** A damaged database that was put aside; `takenOver` is null until what can be read of it was. */
export interface Aside {
  file: string;
  takenOver: TakenOver | null;
}

/** Renames a database, with what belongs to it, and returns its new path. Throws like fs. */
export function putAside(database: string, now: Date): string {
  const aside = `${database}.damaged-${now.toISOString().replaceAll(/[-:.]/g, "")}`;
  // A WAL that stayed beside a new database would be taken for its own, and removed.
  atomicWrite(intentOf(database), basename(aside));
  move(database, aside);
  return aside;
}

/** Ends what a killed `putAside` began. To be called before a database is opened. Throws like fs. */
export function endPuttingAside(database: string): void {
  const name = readIfThere(intentOf(database));
  if (name !== null && isAside(database, name)) move(database, join(dirname(database), name));
}

function move(database: string, aside: string): void {
  for (const end of COMPANIONS) {
    if (existsSync(database + end) && !existsSync(aside + end)) {
      renameSync(database + end, aside + end);
    }
  }
  rmSync(intentOf(database), { force: true });
}

function isAside(database: string, name: string): boolean {
  const start = `${basename(database)}.damaged-`;
  return name.startsWith(start) && /^\w+$/.test(name.slice(start.length));
}

function intentOf(database: string): string {
  return `${database}.putting-aside`;
}

/** The databases that were put aside, oldest first. */
export function listAside(database: string): Aside[] {
  const directory = dirname(database);
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => isAside(database, name))
    .sort()
    .map((name) => ({
      file: join(directory, name),
      takenOver: readTakenOver(join(directory, name)),
    }));
}

/** Bytes copied in one go: a stop waits for so much at most. */
const COPY_BYTES = 1_048_576;

/**
 * Copies a damaged database that nobody writes to, with its WAL, mended where that is damaged, for the
 * user alone. Rejects like fs, and with an AbortError once `signal` says so.
 */
export async function copyAside(aside: string, to: string, signal?: AbortSignal): Promise<void> {
  await copyFile(aside, to, signal);
  // The -shm is an index of the WAL, which SQLite makes anew.
  if (existsSync(walOf(aside))) await copyFile(walOf(aside), walOf(to), signal);
  if (isWalDamaged(to)) mendWal(to);
}

/** Node's own can't be stopped, and the process ends only behind it. */
function copyFile(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const options = { highWaterMark: COPY_BYTES };
  const copy = createWriteStream(to, { ...options, flags: "wx", mode: 0o600 });
  return pipeline(createReadStream(from, options), copy, { signal });
}

/** Notes that it need not be read again. */
export function noteTakenOver(aside: string, takenOver: TakenOver): void {
  atomicWrite(noteOf(aside), JSON.stringify(takenOver));
}

/** Null too where the note is none: to take over twice does no harm. */
function readTakenOver(aside: string): TakenOver | null {
  try {
    const note: Partial<TakenOver> = JSON.parse(readIfThere(noteOf(aside)) ?? "{}");
    // Notes from before tool calls were recorded tell of none.
    const { sessions, messages, toolCalls = 0, events = 0 } = note;
    const isWhole = typeof sessions === "number" && typeof messages === "number";
    return isWhole ? { sessions, messages, toolCalls, events } : null;
  } catch {
    return null;
  }
}

function noteOf(aside: string): string {
  return `${aside}.taken-over`;
}
