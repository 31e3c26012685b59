import { existsSync, lstatSync, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { isMissing } from "@duolog/client/local";
import type { Left } from "@duolog/contract";
import { JsonStore } from "./json/JsonStore.ts";
import { problemOf, StoreProblem } from "./problem.ts";
import { DatabaseStore } from "./sqlite/DatabaseStore.ts";
import { isSqlite } from "./sqlite/route.ts";
import type { Store } from "./store.ts";

/** One of each channel: `opencode.db`, and `opencode-<channel>.db` but for the usual channels. */
const DATABASE = /^opencode(-.+)?\.db$/;
/** SQLite's own files beside a database. */
const BESIDE = /-(wal|shm|journal)$/;
/** What people and programs put beside a database as its copy. */
const COPY = /^opencode.*\.db.+/;

const A_COPY = "a copy of a database, which is read only where it is named";

interface Found {
  places: string[];
  stores: Store[];
  left: Left[];
}

/**
 * OpenCode's stores in places of the file system, each once: in a data directory all databases, and
 * all directories of JSON files; of any other file that it is a database.
 * @param makeRoom as DatabaseFile's
 */
export function findStores(places: readonly string[], makeRoom: (() => string) | null): Found {
  const finder = new Finder(makeRoom);
  for (const place of places) finder.look(resolve(place));
  return finder.found;
}

class Finder {
  readonly found: Found = { places: [], stores: [], left: [] };
  readonly #seen = new Set<string>();
  readonly #makeRoom: (() => string) | null;

  constructor(makeRoom: (() => string) | null) {
    this.#makeRoom = makeRoom;
  }

  look(place: string): void {
    this.#visit(place, (path, stats) => {
      if (stats.isDirectory()) this.#lookInto(path);
      else this.#addDatabase(path);
    });
  }

  #lookInto(directory: string): void {
    for (const name of readdirSync(directory).toSorted()) {
      const path = join(directory, name);
      if (DATABASE.test(name)) this.#visit(path, (file) => this.#addDatabase(file));
      else if (COPY.test(name) && !BESIDE.test(name)) this.#tellOfCopy(path);
    }
    // Before 0.6 each project had a directory of its own.
    const projects = namesIn(join(directory, "project"));
    for (const name of [
      "storage",
      ...projects.map((project) => join("project", project, "storage")),
    ]) {
      const path = join(directory, name);
      if (existsSync(path)) this.#visit(path, (storage) => this.#addStorage(storage));
    }
  }

  #tellOfCopy(path: string): void {
    try {
      if (isSqlite(path)) this.#leave(path, A_COPY);
    } catch (error) {
      this.#leave(path, problemOf(error));
    }
  }

  #addDatabase(file: string): void {
    this.found.stores.push(new DatabaseStore(file, this.#makeRoom));
  }

  #addStorage(directory: string): void {
    this.found.stores.push(new JsonStore(directory));
  }

  /** Calls `look` with what is at a path, once however often and by whatever links it is come to. */
  #visit(path: string, look: (path: string, stats: Stats) => void): void {
    try {
      const stats = statSync(path);
      const identity = `${stats.dev}:${stats.ino}`;
      if (this.#seen.has(identity)) return;
      this.#seen.add(identity);
      const link = lstatSync(path);
      if (!isOfOneUser(link, stats)) throw new StoreProblem("a link to another user's files");
      this.found.places.push(path);
      // SQLite looks for what belongs to a database beside the link's target.
      look(link.isSymbolicLink() ? realpathSync(path) : path, stats);
    } catch (error) {
      if (isMissing(error)) this.#leave(path, "there is no file");
      else this.#leave(path, problemOf(error), !(error instanceof StoreProblem));
    }
  }

  #leave(what: string, reason: string, isFault = false): void {
    this.found.left.push(isFault ? { what, reason, isFault } : { what, reason });
  }
}

function isOfOneUser(link: Stats, target: Stats): boolean {
  return link.uid === target.uid || target.uid === process.getuid?.();
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).toSorted() : [];
}
