import type { Filter } from "@duolog/contract/server";
import type { Inside } from "../../storage/questions/inside.ts";
import type { SessionQuestion } from "../../storage/questions/listSessions.ts";
import { callTerms } from "./calls.ts";
import { isAt, isIn, startsWith } from "./terms.ts";
import { Values } from "./values.ts";

/** The filter's sessions with all that they started. */
export interface Families {
  session: string[];
  without: string[];
}

/** The sessions for which the filter holds. */
export function sessionQuestion(filter: Filter, families: Families): SessionQuestion {
  const values = new Values();
  const terms = sessionTerms(filter, families, values);
  const { since, until } = filter;
  if (until !== undefined) terms.push(`s."created_at" < ${values.add(until)}`);
  return { narrow: values.under(terms), since: since ?? null, inside: insideOf(filter) };
}

/** What the session's own row must be, but for its times; the row is `s` in the SQL. */
export function sessionTerms(filter: Filter, families: Families, values: Values): string[] {
  const { source, project, model, session, without = [], withoutProjects = [] } = filter;
  const terms: string[] = [];
  if (source !== undefined) terms.push(`s."source" = ${values.add(source)}`);
  if (project !== undefined) terms.push(projectTerm(project, values));
  if (model !== undefined) terms.push(startsWith(`s."model"`, model, values));
  if (session !== undefined) terms.push(isIn(`s."id"`, families.session, values));
  if (without.length > 0) terms.push(`NOT ${isIn(`s."id"`, families.without, values)}`);
  if (withoutProjects.length > 0) {
    terms.push(`COALESCE(NOT ${isIn(`s."project_path"`, withoutProjects, values)}, TRUE)`);
  }
  return terms;
}

function projectTerm(project: string, values: Values): string {
  if (!project.startsWith("/")) return `s."project_name" = ${values.add(project)}`;
  return isAt(`s."project_path"`, project, values);
}

/** What must be in the session. */
function insideOf(filter: Filter): Inside {
  const [said, called] = [new Values(), new Values()];
  const calls = callTerms(filter, called);
  const messages =
    filter.role === undefined
      ? {}
      : { messages: said.under([`m."role" = ${said.add(filter.role)}`]) };
  return { ...messages, ...(calls.length > 0 ? { tool_calls: called.under(calls) } : {}) };
}
