import type Database from "libsql";

/** What a facet is a value of. */
export type FacetKind =
  | "session"
  | "source"
  | "role"
  | "model"
  | "tool"
  | "file"
  | "project"
  | "name";

/** A session as the index knows it: all are facets. */
export interface KnownSession {
  id: number;
  /** Its project's path and name. */
  project: number | null;
  name: number | null;
  /** The session that started it. */
  parent: number | null;
}

/** What the record tells of a session. */
export interface ToldSession {
  sessionId: string;
  projectPath: string | null;
  projectName: string | null;
  parent: string | null;
}

/** Most values that are remembered, and not asked for again. */
const MOST_REMEMBERED = 5_000;

/** The numbers of facets, and the sessions' own. */
export class Dictionary {
  readonly #facets = new Map<string, number>();
  readonly #sessions = new Map<string, KnownSession>();
  readonly #findFacet: Database.Statement;
  readonly #addFacet: Database.Statement;
  readonly #findSession: Database.Statement;
  readonly #setSession: Database.Statement;

  constructor(db: Database.Database) {
    this.#findFacet = db.prepare("SELECT id FROM facets WHERE kind = ? AND name = ?");
    this.#addFacet = db.prepare("INSERT INTO facets(kind, name) VALUES (?, ?) RETURNING id");
    this.#findSession = db.prepare("SELECT id, project, name, parent FROM sessions WHERE id = ?");
    this.#setSession = db.prepare(
      "REPLACE INTO sessions(id, project, name, parent) VALUES (?, ?, ?, ?)",
    );
  }

  /** Lets go of what a transaction that was taken back may have told. */
  forget(): void {
    this.#facets.clear();
    this.#sessions.clear();
  }

  /** The facet's number, which it gets where it has none. */
  facet(kind: FacetKind, name: string): number {
    const key = `${kind}\0${name}`;
    const known = this.#facets.get(key);
    if (known !== undefined) return known;
    const found = this.#findFacet.all(kind, name)[0] ?? this.#addFacet.all(kind, name)[0];
    return remember(this.#facets, key, (found as { id: number }).id);
  }

  /** The session as it was set last; one that is new is set as told. */
  session(told: ToldSession): KnownSession {
    return this.known(told.sessionId) ?? this.set(told);
  }

  known(sessionId: string): KnownSession | null {
    const remembered = this.#sessions.get(sessionId);
    if (remembered) return remembered;
    const [found] = this.#findSession.all(this.facet("session", sessionId)) as KnownSession[];
    return found ? remember(this.#sessions, sessionId, found) : null;
  }

  set({ sessionId, projectPath, projectName, parent }: ToldSession): KnownSession {
    const set = {
      id: this.facet("session", sessionId),
      project: projectPath === null ? null : this.facet("project", projectPath),
      name: projectName === null ? null : this.facet("name", projectName),
      parent: parent === null ? null : this.facet("session", parent),
    };
    this.#setSession.run(set.id, set.project, set.name, set.parent);
    return remember(this.#sessions, sessionId, set);
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): T {
  if (map.size >= MOST_REMEMBERED) map.clear();
  map.set(key, value);
  return value;
}
