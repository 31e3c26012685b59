import { join } from "node:path";
import { atomicWrite, type DataPaths, type Heard, readOwn } from "@duolog/client/local";
import { Source } from "@duolog/contract";
import type { Missed } from "./missed.ts";

/** The last look at what an agent keeps. */
export interface Look {
  /** What was written before, epoch ms, was looked at. */
  at: number;
  /** Its places as they were then, where all that they hold was looked at; null where that is not known. */
  whole: string | null;
  /** What looks found, and took in, since its plugin was last heard of. */
  missed: Missed | null;
}

/** By the agent; one that nothing was ever recorded of is not looked at. */
export type Looks = ReadonlyMap<Source, Look>;

const fileOf = ({ root }: DataPaths) => join(root, "looks.json");

/** What the file says; empty where there is none that can be used for this database. Throws like fs. */
export function loadLooks(paths: DataPaths, database: string | null): Looks {
  const told = parse(readOwn(fileOf(paths)) ?? "{}");
  if (told.database !== database) return new Map();
  return new Map(
    Object.values(Source).flatMap((source) => {
      const look = told.agents?.[source];
      return look ? [[source, look] as const] : [];
    }),
  );
}

/** Replaces the file. Throws like fs. */
export function saveLooks(paths: DataPaths, database: string, looks: Looks): void {
  const content = { database, agents: Object.fromEntries(looks) };
  atomicWrite(fileOf(paths), `${JSON.stringify(content)}\n`);
}

/** What looks found; null where its plugin was heard of since. */
export function stillMissed(looks: Looks, source: Source, heard: Heard): Missed | null {
  const missed = looks.get(source)?.missed ?? null;
  return missed && (heard.get(source) ?? 0) < missed.since ? missed : null;
}

interface Told {
  database?: string;
  agents?: Partial<Record<Source, Look>>;
}

/** As it was written, for nothing else writes it; a damaged file is as none. */
function parse(text: string): Told {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
