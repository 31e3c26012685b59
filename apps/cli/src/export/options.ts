import type { Filter } from "@duolog/contract/server";
import { Failure } from "../failure.ts";

/** What a session can be written as. */
export const FORMAT_NAMES = ["markdown", "json", "ndjson", "html"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What is exported, and how. */
export interface ExportOptions {
  /** Ids, beginnings of ids, `last`. */
  named: string[];
  /** Every session for which the filter holds. */
  all: boolean;
  filter: Filter;
  format: FormatName;
  /** A directory; where none is named it goes to standard output. */
  out?: string | undefined;
  raw: boolean;
}

/** Throws Failure where the options don't go together. */
export function checkOptions({ named, all, filter, format, out }: ExportOptions): void {
  if (named.length === 0 && !all) throw new Failure("which sessions? Name them, or say --all");
  if (named.length > 0 && all) throw new Failure("--all takes no names of sessions");
  const { source: _source, project: _project, ...narrowing } = filter;
  const given = Object.entries(narrowing).find(([, value]) => value !== undefined);
  if (!all && given) throw new Failure(`--${given[0]} narrows --all, not sessions that are named`);
  if (out === undefined && format !== "ndjson" && (all || named.length > 1)) {
    throw new Failure("several sessions need a directory: --out DIR; or --format ndjson");
  }
}
