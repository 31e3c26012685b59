import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { basename, join } from "node:path";
import type { RepairReport } from "@duolog/contract/server";
import type { Repair } from "@duolog/daemon/verify";
import { throughDaemon } from "../daemon/read.ts";
import type { Place } from "../place.ts";

/** A repair of a large record, with its backup, takes its time, ms. */
const DEADLINE_MS = 600_000;

/**
 * Has the daemon set rows right, all of them in one transaction after a backup. They reach it by way of
 * a file, for they may be more than a call holds. Throws Failure, and like fs.
 */
export async function repairRecord(
  place: Place,
  env: NodeJS.ProcessEnv,
  repairs: Iterable<Repair>,
): Promise<RepairReport> {
  const file = join(place.paths.root, `repair-${process.pid}.jsonl`);
  // Whoever had this number is gone.
  rmSync(file, { force: true });
  try {
    writeLines(file, repairs);
    return await throughDaemon(place, env, DEADLINE_MS, (rpc) =>
      rpc.maintainer.repair({ file: basename(file) }),
    );
  } finally {
    rmSync(file, { force: true });
  }
}

function writeLines(file: string, repairs: Iterable<Repair>): void {
  const fd = openSync(file, "wx", 0o600);
  try {
    for (const repair of repairs) writeSync(fd, `${JSON.stringify(repair)}\n`);
  } finally {
    closeSync(fd);
  }
}
