import { join } from "node:path";
import { Source } from "@duolog/contract";
import { notedLines, noteLines } from "../files/lineFile.ts";
import { type DataPaths, isPrivateDir } from "./paths.ts";

/** What an agent's type of event or line may look like to be noted: a word that a terminal shows. */
const TYPE = /^[\w.:/-]{1,100}$/;

/**
 * Notes types of an agent's events or lines that this version does not know, so that `status` can tell of
 * them. Only in a data directory that is there. Throws like fs.
 */
export function noteUnknownTypes(paths: DataPaths, source: Source, types: readonly string[]): void {
  if (!isPrivateDir(paths.root)) return;
  noteLines(
    fileIn(paths),
    types.filter((type) => TYPE.test(type)).map((type) => `${source} ${type}`),
  );
}

/** The types that were noted, by their agents. Throws like fs. */
export function unknownTypes(paths: DataPaths): Record<Source, string[]> {
  const lines = notedLines(fileIn(paths)).map((line) => line.split(" "));
  const of = (source: Source) =>
    lines.flatMap(([agent, type]) => (agent === source && type && TYPE.test(type) ? [type] : []));
  return { [Source.opencode]: of(Source.opencode), [Source.claude_code]: of(Source.claude_code) };
}

function fileIn(paths: DataPaths): string {
  return join(paths.root, "unknown-types");
}
