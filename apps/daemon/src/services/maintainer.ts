import type { Maintainer } from "@duolog/contract/server";
import type { Backfilled, BackfillOptions } from "../storage/backfill.ts";
import { answering } from "./readService.ts";
import type { RecordService } from "./recordService.ts";

/** What the work is done on and by; `now` names the backup. */
export interface MaintainerOptions extends Pick<BackfillOptions, "database" | "backups"> {
  recorder: RecordService;
  now: () => Date;
  backfill: (options: BackfillOptions) => Promise<Backfilled>;
}

/** Work on the whole record, for which recording waits. */
export function createMaintainer(options: MaintainerOptions): Maintainer {
  const { recorder, database, backups, now, backfill } = options;
  return {
    backfillSource: (dryRun) =>
      recorder.exclusive(async (lastChange) => {
        const work = { database, backups, lastChange, now: now(), dryRun };
        const done = await answering(() => backfill(work));
        return { lastChange: done.lastChange, result: done.report };
      }),
  };
}
