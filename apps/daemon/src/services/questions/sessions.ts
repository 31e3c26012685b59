import type { Filter } from "@duolog/contract/server";
import type { Narrow } from "../../storage/record/narrow.ts";
import { callTerms } from "./calls.ts";
import { isAt, startsWith } from "./terms.ts";
import { Values } from "./values.ts";

/** Sessions for which the filter holds; the row is `s` in the SQL. */
export function narrowSessions(filter: Filter): Narrow {
  const values = new Values();
  const terms = [...sessionTerms(filter, values), ...spanTerms(filter, values)];
  return values.under([...terms, ...insideTerms(filter, values)]);
}

/** What the session's own row must be, but for its times. */
export function sessionTerms(filter: Filter, values: Values): string[] {
  const { source, project, model, session, without = [], withoutProjects = [] } = filter;
  const terms: string[] = [];
  if (source !== undefined) terms.push(`s."source" = ${values.add(source)}`);
  if (project !== undefined) terms.push(projectTerm(project, values));
  if (model !== undefined) terms.push(startsWith(`s."model"`, model, values));
  if (session !== undefined) terms.push(`s."id" IN ${family([session], values)}`);
  if (without.length > 0) terms.push(`s."id" NOT IN ${family(without, values)}`);
  if (withoutProjects.length > 0) {
    const paths = `(SELECT value FROM json_each(${values.add(withoutProjects)}))`;
    terms.push(`(s."project_path" IS NULL OR s."project_path" NOT IN ${paths})`);
  }
  return terms;
}

function projectTerm(project: string, values: Values): string {
  if (!project.startsWith("/")) return `s."project_name" = ${values.add(project)}`;
  return isAt(`s."project_path"`, project, values);
}

/** These sessions and all that they started, to any depth. */
function family(ids: string[], values: Values): string {
  return `(WITH RECURSIVE family(id) AS (
    SELECT value FROM json_each(${values.add(ids)})
    UNION SELECT c."id" FROM family JOIN "sessions" AS c ON c."parent_id" = family.id
  ) SELECT id FROM family)`;
}

function spanTerms({ since, until }: Filter, values: Values): string[] {
  const terms: string[] = [];
  if (since !== undefined) terms.push(`s."updated_at" >= ${values.add(since)}`);
  if (until !== undefined) terms.push(`s."created_at" < ${values.add(until)}`);
  return terms;
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
