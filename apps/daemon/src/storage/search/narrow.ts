import { asBytes, parseBytes } from "@duolog/client/local";
import type { SearchScope } from "@duolog/contract";
import type { Filter } from "@duolog/contract/server";
import type Database from "libsql";
import type { Facets } from "../../core/search/expression.ts";
import type { FacetKind } from "./dictionary.ts";

/** What a filter comes to in the index. */
export interface Narrowed {
  facets: Facets;
  /** True where nothing can be found. */
  isEmpty: boolean;
}

/** Most facets that one filter may stand for; the latest ones. */
const MOST = 1_000;

/** A model of calls is that of their messages, which the index does not know. */
function isOfMessages(scope: SearchScope): boolean {
  return scope === "messages" || scope === "reasoning";
}

/** Turns a filter into facets. Throws like SQLite. */
export class Narrower {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** For a scope; `since` and `until` are not of its concern, nor is the model of a call. */
  narrow(filter: Filter, scope: SearchScope): Narrowed {
    const all = this.#wanted(filter, scope);
    const none = this.#unwanted(filter);
    return { facets: { all, none }, isEmpty: all.some((facets) => facets.length === 0) };
  }

  /** Those of these sessions (facets) in which the filter lets look. */
  sessionsWithin(filter: Filter, sessions: string[]): Set<string> {
    const all = this.#wantedSessions(filter);
    const none = new Set(this.#unwanted(filter));
    const within = sessions.filter((session) => {
      const known = this.#sessionFacets(session);
      return (
        known.length > 0 &&
        all.every((facets) => facets.some((facet) => known.includes(facet))) &&
        !known.some((facet) => none.has(facet))
      );
    });
    return new Set(within);
  }

  #sessionFacets(session: string): number[] {
    const [id] = this.#exact("session", session);
    if (id === undefined) return [];
    const [row] = this.#db.prepare("SELECT project, name FROM sessions WHERE id = ?").all(id) as {
      project: number | null;
      name: number | null;
    }[];
    return [id, row?.project ?? null, row?.name ?? null].filter((facet) => facet !== null);
  }

  #wantedSessions({ project, session }: Filter): number[][] {
    const all: number[][] = [];
    if (project !== undefined) all.push(this.#project(project));
    if (session !== undefined) all.push(this.#withStarted([session]));
    return all;
  }

  #wanted(filter: Filter, scope: SearchScope): number[][] {
    const { source, role, model, tool, file } = filter;
    const all = this.#wantedSessions(filter);
    if (source !== undefined) all.push(this.#exact("source", source));
    if (role !== undefined) all.push(this.#exact("role", role));
    if (model !== undefined && isOfMessages(scope)) all.push(this.#model(model));
    if (tool !== undefined) all.push(this.#inScope(scope, this.#tool(tool), SESSIONS_OF_TOOLS));
    if (file !== undefined) all.push(this.#inScope(scope, this.#file(file), SESSIONS_OF_FILES));
    return all;
  }

  #unwanted({ without = [], withoutProjects = [] }: Filter): number[] {
    return [
      ...(without.length > 0 ? this.#withStarted(without) : []),
      ...withoutProjects.flatMap((path) => this.#exact("project", path)),
    ];
  }

  /** A message is narrowed by the calls of its session. */
  #inScope(scope: SearchScope, facets: number[], sessionsOf: string): number[] {
    return isOfMessages(scope) ? this.#ids(sessionsOf, JSON.stringify(facets)) : facets;
  }

  #exact(kind: FacetKind, name: string): number[] {
    return this.#ids("SELECT id FROM facets WHERE kind = ?1 AND name = ?2", kind, name);
  }

  #project(project: string): number[] {
    if (!project.startsWith("/")) return this.#exact("name", project);
    const path = project.replace(/\/+$/, "");
    const sql = `SELECT id FROM facets WHERE kind = 'project'
      AND (name = ?2 OR (name >= ?1 || '/' AND name < ?1 || '0')) ORDER BY id DESC`;
    return this.#ids(sql, path, path || "/");
  }

  #model(model: string): number[] {
    const sql = `SELECT id FROM facets WHERE kind = 'model'
      AND lower(substr(name, 1, length(?1))) = lower(?1) ORDER BY id DESC`;
    return this.#ids(sql, model);
  }

  #tool(tool: string): number[] {
    const sql = "SELECT id FROM facets WHERE kind = 'tool' AND lower(name) = lower(?1)";
    return this.#ids(sql, tool);
  }

  #file(file: string): number[] {
    const sql = `SELECT id FROM facets WHERE kind = 'file' AND (name = ?1
      OR substr(name, -length(?2)) = ?2) ORDER BY id DESC`;
    return this.#ids(sql, file, file.startsWith("/") ? file : `/${file}`);
  }

  /** The sessions and all that they started, to any depth. */
  #withStarted(sessions: string[]): number[] {
    return this.#ids(WITH_STARTED, JSON.stringify(sessions));
  }

  #ids(sql: string, ...values: string[]): number[] {
    const whole = `SELECT json_group_array(id) AS json FROM (${sql} LIMIT ${MOST})`;
    const [row] = this.#db.prepare(asBytes(whole)).all(...values) as { json: ArrayBuffer }[];
    return row ? (parseBytes(row.json) as number[]) : [];
  }
}

const WITH_STARTED = `WITH RECURSIVE started(id) AS (
    SELECT f.id FROM json_each(?1) AS wanted JOIN facets AS f
      ON f.kind = 'session' AND f.name = wanted.value
    UNION SELECT s.id FROM started JOIN sessions AS s ON s.parent = started.id
  ) SELECT id FROM started`;
const SESSIONS_OF_TOOLS = `SELECT DISTINCT session AS id FROM session_tools
  WHERE tool IN (SELECT value FROM json_each(?1)) ORDER BY session DESC`;
const SESSIONS_OF_FILES = `SELECT DISTINCT session AS id FROM touched
  WHERE file IN (SELECT value FROM json_each(?1)) ORDER BY session DESC`;
