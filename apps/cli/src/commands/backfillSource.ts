import type { BackfillReport } from "@duolog/contract/server";
import { throughDaemon } from "../daemon/read.ts";
import { type Output, show } from "../output/output.ts";
import { columns, count } from "../output/text.ts";
import type { Place } from "../place.ts";

/** A backfill of a large file, with its backup, takes its time, ms. */
const DEADLINE_MS = 600_000;

/** Infers the source of rows from before it was kept, and tells by which rule. */
export async function backfillSource(
  place: Place,
  env: NodeJS.ProcessEnv,
  dryRun: boolean,
  output: Output,
): Promise<void> {
  const report = await throughDaemon(place, env, DEADLINE_MS, (rpc) =>
    rpc.maintainer.backfillSource({ dryRun }),
  );
  show(output, report, reportText);
}

function reportText({ dryRun, backup, set, left }: BackfillReport): string {
  const given = set.map(({ table, source, rule, rows }) => [table, source, rule, String(rows)]);
  const kept = left.map(({ table, reason, rows }) => [table, "-", reason, String(rows)]);
  if (!given.length && !kept.length) return "every row has a source\n";
  const rows = set.reduce((sum, entry) => sum + entry.rows, 0);
  const said = dryRun ? "would get a source" : "got a source";
  const table = columns([["TABLE", "SOURCE", "RULE OR REASON", "ROWS"], ...given, ...kept]);
  const after = backup ? `The file from before is ${backup}\n` : "";
  return `${table}\n${count(rows, "row")} ${said}.\n${after}`;
}
