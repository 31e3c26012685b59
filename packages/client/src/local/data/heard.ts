import { join } from "node:path";
import { Source } from "@duolog/contract";
import { atomicWrite } from "../files/atomicWrite.ts";
import { readOwn } from "../files/readIfThere.ts";
import type { DataPaths } from "./paths.ts";

/** When each agent's plugin last brought something, epoch ms; an agent that is not there never did. */
export type Heard = ReadonlyMap<Source, number>;

/** As the daemon noted it, which may be half a minute behind; empty where it never did. Throws like fs. */
export function readHeard(paths: DataPaths): Heard {
  const told = parse(readOwn(fileIn(paths)) ?? "{}");
  return new Map(
    Object.values(Source).flatMap((source) => {
      const at = told[source];
      return typeof at === "number" && Number.isSafeInteger(at) ? [[source, at] as const] : [];
    }),
  );
}

/** Replaces it. For the daemon. Throws like fs. */
export function writeHeard(paths: DataPaths, heard: Heard): void {
  atomicWrite(fileIn(paths), `${JSON.stringify(Object.fromEntries(heard))}\n`);
}

function fileIn(paths: DataPaths): string {
  return join(paths.root, "heard.json");
}

/** A damaged file is as none: the next thing that a plugin brings writes it anew. */
function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
