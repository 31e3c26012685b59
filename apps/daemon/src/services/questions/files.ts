import type { FileCallsQuery, FileSummary } from "@duolog/contract/server";
import type { ToldCall } from "../../storage/questions/calls.ts";
import type { Narrow } from "../../storage/questions/narrow.ts";
import { callTerms, timeTerms } from "./calls.ts";
import { type Families, sessionTerms } from "./sessions.ts";
import { Values } from "./values.ts";

/** The calls for which the filter holds; a call is `t`, its session `s` in the SQL. */
export function fileQuestion(
  filter: Omit<FileCallsQuery, "path" | "limit" | "cursor">,
  families: Families,
): Narrow {
  const values = new Values();
  const ofSession = sessionTerms(filter, families, values);
  return values.under([...ofSession, ...callTerms(filter, values), ...timeTerms(filter, values)]);
}

/** What reads a file, and what changes it; what else names one does neither. */
const READS = ["read", "search"];
const CHANGES = ["edit", "write"];

/** A call that came to this did nothing to a file. */
const CAME_TO_NOTHING = ["denied", "error"];

/** What the calls that touched a file come to. */
export function summaryOf(path: string, calls: ToldCall[], isCapped: boolean): FileSummary {
  const done = calls.filter(({ status }) => !CAME_TO_NOTHING.includes(status ?? ""));
  const ofKinds = (kinds: string[]) => done.filter(({ kind }) => kinds.includes(kind ?? ""));
  const times = calls.flatMap(({ createdAt }) => (createdAt === null ? [] : [createdAt]));
  return {
    path,
    reads: ofKinds(READS).length,
    changes: ofKinds(CHANGES).length,
    sessions: new Set(calls.map(({ sessionId }) => sessionId)).size,
    lastAt: times.reduce<number | null>((last, at) => Math.max(last ?? at, at), null),
    isCapped,
  };
}
