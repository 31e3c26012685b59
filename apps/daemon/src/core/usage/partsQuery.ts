import type { CostMode, UsageBy, UsageQuery } from "@duolog/contract";
import { localDaySql, type Offset } from "./localTime.ts";
import type { UsagePart } from "./report.ts";

/** A query on the file of totals. */
export interface PartsQuery {
  sql: string;
  parameters: (string | number)[];
}

/** Names are told by their numbers. */
const OF: Record<UsageBy, string> = {
  day: "NULL",
  week: "NULL",
  month: "NULL",
  session: "u.session",
  project: "s.project",
  branch: "s.branch",
  model: "u.model",
  agent: "u.agent",
};

const TOKENS = "(u.input + u.output + u.cache_read + u.cache_write)";

const SUMS = {
  requests: "SUM(u.requests)",
  input: "SUM(u.input)",
  output: "SUM(u.output)",
  reasoning: "SUM(u.reasoning)",
  cacheRead: "SUM(u.cache_read)",
  cacheWrite: "SUM(u.cache_write)",
  cost: "SUM(u.cost)",
  computed: "SUM(COALESCE(u.computed, 0))",
  unpriced: "SUM(iif(u.computed IS NULL, u.input + u.output + u.cache_read + u.cache_write, 0))",
  first: "MIN(u.first)",
  last: "MAX(u.last)",
} satisfies Partial<Record<keyof UsagePart, string>>;

type Keys = Record<Exclude<keyof UsagePart, keyof typeof SUMS>, string>;

/** A part as the file tells it: names and sessions by their numbers. */
export type RawPart = Omit<UsagePart, "model" | "provider" | "name"> & {
  model: number | null;
  provider: number | null;
  name: number | string | null;
};

/** Sums by what the query wants, as RawPart, and by model, provider and whether a cost was told. */
export function partsQuery(query: UsageQuery, offsets: readonly Offset[]): PartsQuery {
  return select(keysOf(query, offsets), narrow(query));
}

/** The same for these sessions alone, by their numbers. */
export function partsOfSessions(query: UsageQuery, sessions: readonly number[]): PartsQuery {
  const { where, parameters } = narrow(query);
  return select(keysOf(query, []), {
    where: `u.session IN (SELECT value FROM json_each(?)) AND ${where}`,
    parameters: [JSON.stringify(sessions), ...parameters],
  });
}

/** What each session cost by the mode, USD, and its tokens. */
export function costsOfSessions(query: UsageQuery): PartsQuery {
  const { where, parameters } = narrow(query);
  const sql = `SELECT u.session AS session, SUM(${COST[query.mode]}) AS cost, SUM(${TOKENS}) AS tokens
    FROM used AS u JOIN sessions AS s ON s.id = u.session WHERE ${where} GROUP BY u.session`;
  return { sql, parameters };
}

const COST: Record<CostMode, string> = {
  auto: "iif(u.told, u.cost, COALESCE(u.computed, 0))",
  calculate: "COALESCE(u.computed, 0)",
  display: "u.cost",
};

interface Condition {
  where: string;
  parameters: (string | number)[];
}

function select(keys: Keys, { where, parameters }: Condition): PartsQuery {
  const columns = Object.entries({ ...keys, ...SUMS });
  const sql = `SELECT ${columns.map(([name, sql]) => `${sql} AS "${name}"`).join(", ")}
    FROM used AS u JOIN sessions AS s ON s.id = u.session
    WHERE ${where} GROUP BY ${groupedBy(keys)}`;
  return { sql, parameters };
}

/** Without those that are the same everywhere: a number there would be the place of a column. */
function groupedBy(keys: Keys): string {
  const varying = Object.values(keys).filter((sql) => sql !== "0" && sql !== "NULL");
  return [...new Set(varying)].join(", ");
}

function keysOf({ by, instances }: UsageQuery, offsets: readonly Offset[]): Keys {
  const isOfTime = by === "day" || by === "week" || by === "month";
  return {
    day: isOfTime ? localDaySql("u.at", offsets) : "0",
    name: OF[by],
    project: instances ? "s.project" : "NULL",
    source: "s.source",
    model: "u.model",
    provider: "u.provider",
    sub: by === "session" ? "u.sub" : "0",
    told: "u.told",
  };
}

/** What Claude Code used from a time on, by quarters of an hour (`day`: epoch ms), and by models or sessions. */
export function quartersQuery(by: "model" | "session", since: number): PartsQuery {
  const isOfSessions = by === "session";
  const keys: Keys = {
    day: "u.at",
    name: isOfSessions ? "u.session" : "NULL",
    project: isOfSessions ? "s.project" : "NULL",
    source: "NULL",
    model: isOfSessions ? "NULL" : "u.model",
    provider: isOfSessions ? "NULL" : "u.provider",
    sub: "0",
    told: "u.told",
  };
  return select(keys, {
    where: "s.source = 'claude-code' AND u.at >= CAST(? AS INTEGER)",
    parameters: [since],
  });
}

type Part = [sql: string, ...parameters: (string | number)[]];

const DESCENDANTS = `s.session IN (WITH RECURSIVE own(id) AS (
  SELECT ? UNION SELECT c.session FROM own JOIN sessions AS c ON c.parent = own.id) SELECT id FROM own)`;
const BEGINS =
  "u.model IN (SELECT id FROM names WHERE lower(substr(name, 1, length(?))) = lower(?))";
const OTHER = "(s.project IS NULL OR s.project NOT IN (SELECT value FROM json_each(?)))";
const BELOW = "(s.project = ? OR substr(s.project, 1, length(?) + 1) = ? || '/')";

function narrow(query: UsageQuery): Condition {
  const { source, project, model, session, since, until, withoutProjects } = query;
  const conditions: Part[] = [["1"]];
  if (source !== undefined) conditions.push(["s.source = ?", source]);
  if (since !== undefined) conditions.push(["u.at >= CAST(? AS INTEGER)", since]);
  if (until !== undefined) conditions.push(["u.at < CAST(? AS INTEGER)", until]);
  if (session !== undefined) conditions.push([DESCENDANTS, session]);
  if (model !== undefined) conditions.push([BEGINS, model, model]);
  if (project !== undefined) conditions.push(ofProject(project));
  if (withoutProjects?.length) conditions.push([OTHER, JSON.stringify(withoutProjects)]);
  return {
    where: conditions.map(([sql]) => sql).join(" AND "),
    parameters: conditions.flatMap(([, ...parameters]) => parameters),
  };
}

function ofProject(project: string): Part {
  if (!project.startsWith("/")) return ["lower(s.name) = lower(?)", project];
  const root = project.replace(/\/+$/, "");
  return [BELOW, root, root, root];
}
