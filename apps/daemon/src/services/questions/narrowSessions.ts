import type { Filter } from "@duolog/contract/server";
import type { Narrow } from "../../storage/questions/narrow.ts";
import { callTerms } from "./calls.ts";
import { sessionTerms } from "./sessions.ts";
import { Values } from "./values.ts";

const NO_FAMILIES = { session: [], without: [] };

/**
 * Sessions for which the filter holds as one condition, for a process of its own, for which nobody waits;
 * the row is `s` in the SQL.
 */
export function narrowSessions(filter: Filter): Narrow {
  const { session, without = [], since, until, ...own } = filter;
  const values = new Values();
  const terms = sessionTerms(own, NO_FAMILIES, values);
  if (session !== undefined) terms.push(`s."id" IN ${family([session], values)}`);
  if (without.length > 0) terms.push(`s."id" NOT IN ${family(without, values)}`);
  if (since !== undefined) terms.push(`s."updated_at" >= ${values.add(since)}`);
  if (until !== undefined) terms.push(`s."created_at" < ${values.add(until)}`);
  return values.under([...terms, ...insideTerms(own, values)]);
}

/** These sessions and all that they started, to any depth. */
function family(ids: string[], values: Values): string {
  return `(WITH RECURSIVE family(id) AS (
    SELECT value FROM json_each(${values.add(ids)})
    UNION SELECT c."id" FROM family JOIN "sessions" AS c ON c."parent_id" = family.id
  ) SELECT id FROM family)`;
}

/** What must be in the session. */
function insideTerms(filter: Filter, values: Values): string[] {
  const terms: string[] = [];
  if (filter.role !== undefined) {
    const said = `m."session_id" = s."id" AND m."role" = ${values.add(filter.role)}`;
    terms.push(`EXISTS (SELECT 1 FROM "messages" AS m WHERE ${said})`);
  }
  const called = callTerms(filter, values);
  if (called.length > 0) {
    const calls = [`t."session_id" = s."id"`, ...called].join(" AND ");
    terms.push(`EXISTS (SELECT 1 FROM "tool_calls" AS t WHERE ${calls})`);
  }
  return terms;
}
