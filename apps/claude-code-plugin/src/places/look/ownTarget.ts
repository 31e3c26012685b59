import { type BigIntStats, lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { isNotThere } from "@duolog/client/local";
import { WHY, type Why } from "./left.ts";

/** So many links are followed on one way; Linux follows no more. */
const MAX_LINKS = 40;

/** A path without symlinks, or why the way to it is not gone. */
export type Way = { readonly path: string; readonly why: null } | { readonly why: Why };

/**
 * What a path leads to where each link on the way is the user's own (or the system's), each directory
 * too, and what it leads to is the user's own: only then does nobody else choose what is read.
 * `path` is absolute. Throws like fs.
 */
export function ownTarget(path: string): Way {
  try {
    return walk(path);
  } catch (error) {
    if (isNotThere(error)) return { why: WHY.nowhere };
    throw error;
  }
}

function walk(path: string): Way {
  let rest = namesOf(path);
  let done = "/";
  let last = lstatSync(done);
  for (let links = 0; ; ) {
    const [name, ...more] = rest;
    if (name === undefined) return isOwn(last) ? { path: done, why: null } : { why: WHY.notOwn };
    rest = more;
    const next = name === ".." ? dirname(done) : join(done, name);
    last = lstatSync(next);
    if (!isOwn(last) && !isSystems(last)) return { why: WHY.notOwn };
    if (!last.isSymbolicLink()) {
      done = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return { why: WHY.circle };
    const to = readlinkSync(next);
    if (isAbsolute(to)) done = "/";
    rest = [...namesOf(to), ...rest];
  }
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

/** True where the user of this process owns it. */
export function isOwn({ uid }: Stats | BigIntStats): boolean {
  return process.getuid === undefined || Number(uid) === process.getuid();
}

/** `/`, `/home` and such are nobody's who would change them. */
export function isSystems({ uid }: Stats | BigIntStats): boolean {
  return Number(uid) === 0;
}
