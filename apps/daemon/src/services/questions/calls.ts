import type { Filter } from "@duolog/contract/server";
import type { Narrow } from "../../storage/questions/narrow.ts";
import { endsAt } from "./terms.ts";
import { Values } from "./values.ts";

/** The tool calls for which the filter holds, of sessions for which it does; the row is `t` in the SQL. */
export function callQuestion(filter: Filter): Narrow {
  const values = new Values();
  return values.under([...callTerms(filter, values), ...timeTerms(filter, values)]);
}

/** When a tool call must have been made. */
export function timeTerms({ since, until }: Filter, values: Values): string[] {
  const terms: string[] = [];
  if (since !== undefined) terms.push(`t."created_at" >= ${values.add(since)}`);
  if (until !== undefined) terms.push(`t."created_at" < ${values.add(until)}`);
  return terms;
}

/** What a tool call itself must be, but for its time; the row is `t` in the SQL. */
export function callTerms({ tool, file }: Filter, values: Values): string[] {
  const terms: string[] = [];
  if (tool !== undefined) terms.push(`t."name" = ${values.add(tool)} COLLATE NOCASE`);
  if (file !== undefined) terms.push(touches(file, values));
  return terms;
}

function touches(file: string, values: Values): string {
  const more = `CASE WHEN t."data" LIKE '%"files"%' AND json_valid(t."data") THEN t."data" END`;
  return `(${endsAt(`t."file_path"`, file, values)} OR EXISTS (
    SELECT 1 FROM json_each(${more}, '$.files') AS f WHERE f.type = 'text' AND ${endsAt("f.value", file, values)}))`;
}
