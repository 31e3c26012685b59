import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { homeOf } from "@duolog/client/local";
import { type Found, Source } from "@duolog/contract";
import { fromCopy } from "@duolog/daemon/import";
import { NotOpencodeError, readStore } from "@duolog/opencode-plugin/store";
import { Failure } from "../../failure.ts";
import type { Place } from "../../place.ts";
import type { Part, Store } from "./store.ts";

/** Raised whenever the same rows are handed out as more or other records than before. */
const TRANSLATOR_VERSION = 1;

/** OpenCode's own store. */
export function opencodeStore(place: Place, env: NodeJS.ProcessEnv, named: string | null): Store {
  const file = named === null ? defaultFile(env) : resolve(named);
  const isThere = existsSync(file);
  if (named !== null && !isThere) throw new Failure(`there is no file ${file}`);
  return {
    source: Source.opencode,
    translator: TRANSLATOR_VERSION,
    places: isThere ? [file] : [],
    parts: isThere ? [partOf(place, file)] : [],
    left: [],
    close() {},
  };
}

/** OPENCODE_DB may name another file in its directory. */
function defaultFile(env: NodeJS.ProcessEnv): string {
  const data = env.XDG_DATA_HOME || join(homeOf(env), ".local", "share");
  return resolve(data, "opencode", env.OPENCODE_DB || "opencode.db");
}

function partOf(place: Place, file: string): Part {
  const stats = [file, `${file}-wal`].map((path) => statSync(path, { throwIfNoEntry: false }));
  const told = stats.map((stat) => `${stat?.ino}:${stat?.size}:${stat?.mtimeMs}:${stat?.ctimeMs}`);
  return {
    id: file,
    fingerprint: told.join(" "),
    writtenAt: Math.max(...stats.map((stat) => stat?.mtimeMs ?? 0)),
    bytes: stats.reduce((sum, stat) => sum + (stat?.size ?? 0), 0),
    read: () => read(place, file),
  };
}

async function* read(place: Place, file: string): AsyncGenerator<Found> {
  try {
    yield* fromCopy(file, place.paths.root, (copy) => readStore(copy, Date.now()));
  } catch (error) {
    const isOther = error instanceof NotOpencodeError;
    const reason = isOther ? `${file} is no database of OpenCode's` : messageOf(error);
    throw new Failure(reason, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
