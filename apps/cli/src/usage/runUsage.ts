import type { Output } from "../output/output.ts";
import type { Place } from "../place.ts";
import { blocks } from "./blocks/blocks.ts";
import { queryOf, type UsageOptions } from "./defineUsage.ts";
import { EXPLAINED } from "./explained.ts";
import { localZone } from "./localZone.ts";
import { type ReportName, reportOf } from "./reports.ts";
import { usage } from "./usage.ts";

/** Runs what `duolog usage` was asked for. Throws Failure. */
export async function runUsage(
  place: Place,
  env: NodeJS.ProcessEnv,
  name: ReportName | "blocks",
  options: UsageOptions,
  output: Output,
): Promise<void> {
  if (options.explain) return output.write(EXPLAINED);
  const { stderr } = process;
  const progress = stderr.isTTY ? (text: string) => void stderr.write(text) : null;
  const query = queryOf(options, localZone());
  const { mode, active, instances, breakdown, csv = false, order = null } = options;
  if (name === "blocks") {
    return blocks(
      place,
      env,
      { mode, active, since: query.since, now: Date.now(), progress },
      output,
    );
  }
  const report = reportOf(name, instances);
  await usage(place, env, { report, query, order, breakdown, csv, progress }, output);
}
