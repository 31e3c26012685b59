import type { Maintainer } from "@duolog/contract/server";
import { type BackfillOptions, backfillSource } from "../storage/backfill.ts";
import type { RecordService } from "./recordService.ts";

export interface MaintainerOptions extends Omit<BackfillOptions, "lastChange"> {
  recorder: RecordService;
}

/** Work on the whole record, for which recording waits. */
export function createMaintainer({ recorder, ...options }: MaintainerOptions): Maintainer {
  return {
    backfillSource: (dryRun) =>
      recorder.exclusive((lastChange) => backfillSource({ ...options, lastChange }, dryRun)),
  };
}
