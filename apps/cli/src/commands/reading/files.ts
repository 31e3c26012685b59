import { isAbsolute, resolve } from "node:path";
import type { RpcReader } from "@duolog/client";
import type { FileCall, FileCallsQuery, FileList, FileSummary } from "@duolog/contract/server";
import { readPages, readThroughDaemon } from "../../daemon/read.ts";
import { type Output, show } from "../../output/output.ts";
import { columns, oneLine, when } from "../../output/text.ts";
import type { Place } from "../../place.ts";

/** What a file's calls are narrowed by. */
export type FilesFilter = Omit<FileCallsQuery, "path" | "limit" | "cursor">;

/** Lists the files that were touched last. */
export async function files(
  place: Place,
  env: NodeJS.ProcessEnv,
  limit: number,
  output: Output,
): Promise<void> {
  const found = await readThroughDaemon(place, env, (reader) => reader.file.list({ limit }));
  show(output, found, filesText);
}

/** Lists the calls that touched a file, or those below a directory, the newest first. */
export async function fileCalls(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: { path: string; limit: number; filter: FilesFilter },
  output: Output,
): Promise<void> {
  const found = await readThroughDaemon(place, env, async (reader) => {
    for (const path of pathsMeant(query.path)) {
      const found = await readCalls(reader, { ...query, path });
      if (found.calls.length > 0) return found;
    }
    return readCalls(reader, query);
  });
  show(output, found, ({ calls, complete }) => callsText(calls) + behindText(complete));
}

/** Where it may be from here; else what is typed is the end of one. */
function pathsMeant(path: string): string[] {
  return isAbsolute(path) ? [] : [resolve(path)];
}

async function readCalls(
  reader: RpcReader,
  { path, limit, filter }: { path: string; limit: number; filter: FilesFilter },
): Promise<{ calls: FileCall[]; complete: boolean }> {
  let complete = true;
  const calls = await readPages(limit, async (size, cursor) => {
    const page = await reader.file.calls({ ...filter, path, limit: size, cursor });
    complete &&= page.complete;
    return { items: page.calls, nextCursor: page.nextCursor };
  });
  return { calls, complete };
}

const FILES = ["LAST", "READS", "CHANGES", "SESSIONS", "FILE"];
const CALLS = ["WHEN", "KIND", "TOOL", "FILE", "SESSION", "TITLE", "CALL"];

function filesText({ files, complete }: FileList): string {
  const table = files.length > 0 ? columns([FILES, ...files.map(fileRow)]) : "no files yet\n";
  return table + behindText(complete);
}

function fileRow({ path, reads, changes, sessions, lastAt, isCapped }: FileSummary): string[] {
  const counts = [reads, changes, sessions].map(
    (number) => number.toLocaleString("en-US") + (isCapped ? "+" : ""),
  );
  return [when(lastAt), ...counts, oneLine(path, 200)];
}

function callsText(calls: FileCall[]): string {
  return calls.length > 0 ? columns([CALLS, ...calls.map(callRow)]) : "no call touched it\n";
}

function callRow(call: FileCall): string[] {
  const { createdAt, tool, path, sessionId, title, toolCallId } = call;
  return [
    when(createdAt),
    oneLine(whatWasDone(call), 20),
    oneLine(tool, 30) || "-",
    oneLine(path, 200),
    oneLine(sessionId, 80),
    oneLine(title, 40) || "-",
    oneLine(toolCallId, 120),
  ];
}

/** `edit`, and what became of it where it did nothing. */
function whatWasDone({ kind, status }: FileCall): string {
  const what = kind ?? "-";
  if (status === "error") return `${what} failed`;
  return status === "denied" ? `${what} denied` : what;
}

function behindText(complete: boolean): string {
  return complete ? "" : "the newest calls are not in the index yet: ask again in a moment\n";
}
