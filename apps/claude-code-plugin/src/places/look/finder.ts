import {
  accessSync,
  type BigIntStats,
  constants,
  type Dirent,
  lstatSync,
  readdirSync,
} from "node:fs";
import { errno, isNotThere } from "@duolog/client/local";
import type { Left } from "@duolog/contract";
import { type Named, namedIn } from "./head.ts";
import { FAULTS, WHY, type Why } from "./left.ts";
import { isOwn, isSystems, ownTarget } from "./ownTarget.ts";

/** A file or directory that may be read. */
export interface Seen {
  /** As it is named below `projects`: a link may be on the way. */
  readonly path: string;
  /** Of what is there, behind the link. */
  readonly stats: BigIntStats;
  /** A link led to it, so that it must be the user's own. */
  readonly isLinked: boolean;
}

/** What transcripts' first lines name, by file: it does not change once it is there. */
export type Names = Map<string, Named>;

/** Looks through directories, notes what it may not read, and takes nothing twice. */
export class Finder {
  readonly left: Left[] = [];
  readonly #taken = new Set<string>();
  readonly #names: Names;
  readonly #told = new Set<string>();

  /** `names` may be kept from one look to the next. */
  constructor(names: Names = new Map()) {
    this.#names = names;
  }

  /** Once for each reason, however often it is met. */
  leave(what: string, reason: Why): null {
    const id = `${reason} ${what}`;
    const fault = FAULTS.has(reason) ? { isFault: true } : {};
    if (!this.#told.has(id)) this.left.push({ what, reason, ...fault });
    this.#told.add(id);
    return null;
  }

  /** What lies there, or what a link of the user's own leads to. Null where nothing does, or it is left. */
  look(path: string, parent: Seen | null): Seen | null {
    const stats = this.#lstat(path);
    if (stats === null) return null;
    if (stats.isSymbolicLink()) return this.#follow(path, stats);
    const isLinked = parent?.isLinked === true;
    const isFine = !isLinked || isOwn(stats) || (stats.isDirectory() && isSystems(stats));
    return isFine ? { path, stats, isLinked } : this.leave(path, WHY.foreign);
  }

  /** The entries of a directory by name, links last: what has two names goes by its own. */
  entries({ path }: Seen): Dirent[] {
    try {
      const entries = readdirSync(path, { withFileTypes: true });
      return entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
    } catch (error) {
      this.#leaveFault(path, error);
      return [];
    }
  }

  /** A directory that was not gone into yet; null where it is none. */
  directory(path: string, parent: Seen | null): Seen | null {
    const seen = this.look(path, parent);
    return seen?.stats.isDirectory() && this.#take(seen) ? seen : null;
  }

  /** A file that can be read and was not taken yet, by whatever name; null where it is none. */
  file(path: string, parent: Seen | null): Seen | null {
    const seen = this.look(path, parent);
    if (seen === null) return null;
    if (!seen.stats.isFile()) return this.leave(path, WHY.noFile);
    if (!this.#take(seen)) return null;
    return canRead(seen) ? seen : this.leave(path, WHY.unreadable);
  }

  /** Whose transcript it is, by its first lines. Throws like fs. */
  named({ path, stats }: { path: string; stats: BigIntStats }): Named {
    const file = `${path} ${stats.ino}`;
    const named = this.#names.get(file) ?? namedIn(path);
    if (named.sessionId !== null) this.#names.set(file, named);
    return named;
  }

  #follow(path: string, link: BigIntStats): Seen | null {
    if (!isOwn(link)) return this.leave(path, WHY.notOwn);
    const way = ownTarget(path);
    if (way.why !== null) return this.leave(path, way.why);
    const stats = this.#lstat(way.path);
    return stats && { path, stats, isLinked: true };
  }

  #take({ stats }: Seen): boolean {
    const id = `${stats.dev}:${stats.ino}`;
    if (this.#taken.has(id)) return false;
    this.#taken.add(id);
    return true;
  }

  /** One directory that fails costs itself alone. */
  #leaveFault(path: string, error: unknown): null {
    if (isDenied(error)) return this.leave(path, WHY.unreadable);
    if (errno(error) === undefined) throw error;
    return isNotThere(error) ? null : this.leave(path, WHY.failed);
  }

  #lstat(path: string): BigIntStats | null {
    try {
      const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
      // Node gives a name of other bytes than UTF-8 so that it names nothing.
      if (!stats && path.includes("\uFFFD")) this.leave(path, WHY.badName);
      return stats ?? null;
    } catch (error) {
      return this.#leaveFault(path, error);
    }
  }
}

function rank(entry: Dirent): number {
  return Number(entry.isSymbolicLink());
}

function isDenied(error: unknown): boolean {
  return ["EACCES", "EPERM"].includes(errno(error) ?? "");
}

/** Asked of the system only where the mode does not tell: there may be thousands of files. */
function canRead({ path, stats }: Seen): boolean {
  if (isOwn(stats) && (stats.mode & 0o400n) !== 0n) return true;
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of an entry of a directory. */
export function below(directory: Seen, name: string): string {
  return `${directory.path}/${name}`;
}
