import { join } from "node:path";
import { atomicWrite, type DataPaths, readOwn } from "@duolog/client/local";
import { type Left, Source } from "@duolog/contract";
import type { Store } from "../stores/store.ts";
import type { Chosen } from "./chooseParts.ts";
import type { Outcome } from "./importStore.ts";

/** The fingerprint of each part of an agent's history, by its id. */
export type Fingerprints = ReadonlyMap<string, string>;

/** What a database has taken of an agent's history. */
export interface Taken {
  /** The version of the agent's translation by which it did. */
  translator: number;
  parts: Fingerprints;
  /** Of all its places together, where all that they hold was taken; null where that is not known. */
  whole: string | null;
  places: readonly string[];
  /** What was seen and not read. */
  left: readonly Left[];
}

/** What imports have taken, so that they read it once. */
export interface ImportState {
  /** The database that took it, by `databaseIdentity`. */
  database: string;
  agents: ReadonlyMap<Source, Taken>;
}

/** Changes when older files can't be used; then everything is read again, which changes no row. */
const FORMAT = 1;

const fileOf = ({ root }: DataPaths) => join(root, "import-state.json");

/** What the file says; null where there is none that can be used for this database. */
export function loadImportState(paths: DataPaths, database: string | null): ImportState | null {
  const state = parse(readOwn(fileOf(paths)) ?? "null");
  return state !== null && state.database === database ? state : null;
}

/** Replaces the file. Throws like fs. */
export function saveImportState(paths: DataPaths, { database, agents }: ImportState): void {
  const told = [...agents].map(([source, { parts, ...taken }]) => [
    source,
    { ...taken, parts: Object.fromEntries(parts) },
  ]);
  const content = { format: FORMAT, database, agents: Object.fromEntries(told) };
  atomicWrite(fileOf(paths), `${JSON.stringify(content)}\n`);
}

/**
 * The state after an import, all of which the database took.
 * @param isOfAll everything that agents keep here was looked into: what was not found is gone
 */
export function nextState(
  before: ImportState | null,
  database: string,
  imports: readonly { store: Store; chosen: Chosen; outcome: Outcome | null }[],
  isOfAll: boolean,
): ImportState {
  const agents = new Map(before?.agents);
  for (const { store, chosen, outcome } of imports) {
    if (store.source === null) continue;
    const known = agents.get(store.source);
    const kept = known?.translator === store.translator ? known.parts : new Map<string, string>();
    const parts = isOfAll ? only(kept, [...chosen.unchanged, ...chosen.older]) : new Map(kept);
    for (const { id, fingerprint } of chosen.read) parts.set(id, fingerprint);
    for (const { part } of outcome?.failed ?? []) parts.delete(part.id);
    const { translator, places, left } = store;
    const isTaken = !outcome?.failed.length && !left.some(({ isFault }) => isFault);
    const isWhole = isOfAll && chosen.older.length === 0 && isTaken;
    agents.set(store.source, {
      translator,
      parts,
      whole: isWhole ? store.whole : null,
      places,
      left,
    });
  }
  return { database, agents };
}

function only(known: Fingerprints, parts: readonly { id: string }[]): Map<string, string> {
  const there = parts.map(({ id }) => [id, known.get(id)] as const);
  return new Map(there.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** As it was written, for nothing else writes it; a damaged file costs a reading of everything. */
function parse(text: string): ImportState | null {
  try {
    const { format, database, agents } = JSON.parse(text) ?? {};
    if (format !== FORMAT || typeof database !== "string") return null;
    const known = Object.values(Source).filter((source) => agents[source]);
    const taken = known.map((source): [Source, Taken] => {
      const { parts, ...more } = agents[source];
      return [source, { ...more, parts: new Map(Object.entries(parts)) }];
    });
    return { database, agents: new Map(taken) };
  } catch {
    return null;
  }
}
