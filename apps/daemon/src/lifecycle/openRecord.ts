import { chmodSync, existsSync, lstatSync, rmSync } from "node:fs";
import { atomicWrite, type DataPaths } from "@duolog/client/local";
import type { Log } from "../log/log.ts";
import { checkRegular, isRegular } from "../storage/checkRegular.ts";
import { endPuttingAside, putAside } from "../storage/salvage/aside.ts";
import { isDamaged } from "../storage/salvage/damage.ts";
import { checkHeader, hasHeader } from "../storage/salvage/header.ts";
import { isWalDamaged, walOf } from "../storage/salvage/wal.ts";
import { type OpenOptions, openStorage, type Storage } from "../storage/storage.ts";
import { StorageRefusal } from "../storage/storageRefusal.ts";

/**
 * Opens the database. One that is damaged is put aside, whole and never written to again, and a new
 * one begun. Throws StorageRefusal where there is something else that only a person can settle.
 */
export async function openRecord(
  paths: DataPaths,
  log: Log,
  options: OpenOptions,
): Promise<Storage> {
  const { database } = paths;
  endPuttingAside(database);
  checkRegular(database);
  for (const file of [database, walOf(database)]) closeToOthers(file);
  if (existsSync(database) && isWalDamaged(database)) putAsideAndTell(database, log);
  if (lstatSync(suspicion(paths), { throwIfNoEntry: false })) {
    if (!hasHeader(database) || (existsSync(database) && isDamaged(database))) {
      putAsideAndTell(database, log);
    }
    rmSync(suspicion(paths), { recursive: true, force: true });
  } else {
    checkHeader(database);
  }
  try {
    return await openStorage(options);
  } catch (error) {
    if (!(error instanceof StorageRefusal) || error.reason !== "damaged") throw error;
    putAsideAndTell(database, log);
    return openStorage(options);
  }
}

/** A copy that a person put there has the modes of any file. Throws like fs. */
function closeToOthers(file: string): void {
  if (isRegular(file) && (lstatSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

/** Makes the next start look at the whole database, because SQLite stumbled over a part of it. */
export function suspectDatabase(paths: DataPaths): void {
  atomicWrite(suspicion(paths), "");
}

function suspicion({ database }: DataPaths): string {
  return `${database}.suspect`;
}

function putAsideAndTell(database: string, log: Log): void {
  const aside = putAside(database, new Date());
  log.error("damaged database put aside", { aside });
}
