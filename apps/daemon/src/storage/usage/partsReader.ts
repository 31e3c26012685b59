import type { UsageQuery } from "@duolog/contract";
import type Database from "libsql";
import { rootOf } from "../../core/questions/families.ts";
import type { Offset } from "../../core/usage/localTime.ts";
import {
  costsOfSessions,
  type PartsQuery,
  partsOfSessions,
  partsQuery,
  quartersQuery,
  type RawPart,
} from "../../core/usage/partsQuery.ts";
import type { UsagePart } from "../../core/usage/report.ts";

/** Sums of sessions, the dearest alone, and how many sessions there are besides. */
export interface SessionParts {
  parts: UsagePart[];
  more: number;
}

interface SessionRow {
  id: number;
  session: string;
  project: string | null;
  parent: string | null;
}

/** Reads sums from the file of totals. Throws like SQLite. */
export class PartsReader {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  parts(query: UsageQuery, offsets: readonly Offset[]): UsagePart[] {
    const raw = this.#all<RawPart>(partsQuery(query, offsets));
    const names = this.#names();
    const isOfNames = query.by === "model" || query.by === "agent";
    return raw.map((part) => ({
      ...named(part, names),
      name: isOfNames ? nameIn(names, part.name) : (part.name as string | null),
    }));
  }

  /**
   * Of sessions that no other one started, with what those that they started took; the `limit` dearest.
   */
  sessions(query: UsageQuery, limit: number): SessionParts {
    const families = new Families(this.#all({ sql: SESSIONS, parameters: [] }));
    const costs = this.#all<SessionCost>(costsOfSessions(query));
    const { chosen, more } = dearest(costs, families, limit);
    const names = this.#names();
    const raw = this.#all<RawPart>(partsOfSessions(query, chosen));
    return { parts: raw.map((part) => families.partOf(named(part, names), part)), more };
  }

  /** What Claude Code used from a time on (epoch ms), by quarters of an hour. */
  quarters(by: "model" | "session", since: number): UsagePart[] {
    const raw = this.#all<RawPart>(quartersQuery(by, since));
    const names = this.#names();
    const sessions = by === "session" ? this.#sessionNames() : null;
    return raw.map((part) => ({
      ...named(part, names),
      name: sessions?.get(Number(part.name)) ?? null,
    }));
  }

  #names(): Map<number, string> {
    const rows = this.#all<{ id: number; name: string }>({
      sql: "SELECT id, name FROM names",
      parameters: [],
    });
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  #sessionNames(): Map<number, string> {
    const rows = this.#all<SessionRow>({ sql: SESSIONS, parameters: [] });
    return new Map(rows.map(({ id, session }) => [id, session]));
  }

  #all<T>({ sql, parameters }: PartsQuery): T[] {
    return this.#db.prepare(sql).all(...parameters) as T[];
  }
}

const SESSIONS = "SELECT id, session, project, parent FROM sessions";

interface SessionCost {
  session: number;
  cost: number;
  tokens: number;
}

/** Sessions by the one that began it all. */
class Families {
  readonly #byNumber: Map<number, SessionRow>;
  readonly #byId: Map<string, SessionRow>;
  readonly #parents: Map<string, string>;

  constructor(rows: SessionRow[]) {
    this.#byNumber = new Map(rows.map((row) => [row.id, row]));
    this.#byId = new Map(rows.map((row) => [row.session, row]));
    const started = rows.filter(({ parent }) => parent !== null && this.#byId.has(parent));
    this.#parents = new Map(started.map(({ session, parent }) => [session, parent as string]));
  }

  rootOf(session: number): string {
    const id = this.#byNumber.get(session)?.session ?? "";
    return rootOf(id, this.#parents);
  }

  /** As a part of its root; what the root did not do itself is a sub-agent's. */
  partOf(part: Omit<UsagePart, "name">, { name }: RawPart): UsagePart {
    const own = this.#byNumber.get(Number(name))?.session ?? "";
    const root = rootOf(own, this.#parents);
    const project = this.#byId.get(root)?.project ?? null;
    return { ...part, name: root, project, sub: own === root ? part.sub : 1 };
  }
}

/** The numbers of all sessions that belong to the dearest roots. */
function dearest(
  costs: SessionCost[],
  families: Families,
  limit: number,
): { chosen: number[]; more: number } {
  const roots = new Map<string, SessionCost & { members: number[] }>();
  for (const { session, cost, tokens } of costs) {
    const id = families.rootOf(session);
    const root = roots.get(id) ?? { session, cost: 0, tokens: 0, members: [] };
    root.cost += cost;
    root.tokens += tokens;
    root.members.push(session);
    roots.set(id, root);
  }
  const inOrder = [...roots.values()].toSorted((a, b) => b.cost - a.cost || b.tokens - a.tokens);
  const chosen = inOrder.slice(0, limit).flatMap(({ members }) => members);
  return { chosen, more: Math.max(0, inOrder.length - limit) };
}

function named(part: RawPart, names: Map<number, string>): Omit<UsagePart, "name"> {
  const { name: _, ...rest } = part;
  return { ...rest, model: nameIn(names, part.model), provider: nameIn(names, part.provider) };
}

function nameIn(names: Map<number, string>, number: number | string | null): string | null {
  return names.get(Number(number)) ?? null;
}
