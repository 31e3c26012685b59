import { join } from "node:path";
import type { Maintainer } from "@duolog/contract/server";
import type { Backfilled, BackfillOptions } from "../storage/backfill/backfill.ts";
import type { Repaired, RepairOptions } from "../storage/repair/repair.ts";
import { answering } from "./readService.ts";
import type { RecordService } from "./recordService.ts";

/** What the work is done on and by; `now` names the backup. */
export interface MaintainerOptions extends Pick<BackfillOptions, "database" | "backups"> {
  /** As the port's; false where it is not done. */
  lookAgain: (sessions: readonly string[] | null) => boolean;
  recorder: RecordService;
  now: () => Date;
  /** Ends before its time where the signal says so. */
  backfill: (options: BackfillOptions, signal: AbortSignal) => Promise<Backfilled>;
  /** As `backfill`. */
  repair: (options: RepairOptions, signal: AbortSignal) => Promise<Repaired>;
  /** The data directory, in which the files of repairs are. */
  root: string;
  /** Of a long text so many bytes are kept. */
  keptBytes: number;
}

/** Work on the record; recording waits for all but a look at the agents' stores. */
export function createMaintainer(options: MaintainerOptions): Maintainer {
  const { recorder, database, backups, root, keptBytes, now, backfill, repair } = options;
  return {
    lookAgain: async (sessions) => ({ asked: options.lookAgain(sessions) }),
    backfillSource: (dryRun) =>
      recorder.exclusive(async (lastChange, signal) => {
        const work = { database, backups, lastChange, now: now(), dryRun };
        const done = await answering(() => backfill(work, signal));
        return { lastChange: done.lastChange, result: done.report };
      }),
    repair: (name) =>
      recorder.exclusive(async (lastChange, signal) => {
        const file = join(root, name);
        const work = { database, backups, file, keptBytes, lastChange, now: now() };
        const done = await answering(() => repair(work, signal));
        return { lastChange: done.lastChange, result: done.report };
      }),
  };
}
