import type { Filter } from "@duolog/contract/server";
import { endsAt } from "./terms.ts";
import type { Values } from "./values.ts";

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
