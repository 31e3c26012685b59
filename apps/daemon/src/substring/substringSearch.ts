import type { FindQuery, Hit } from "@duolog/contract/server";
import { excerptAround } from "../core/search/excerpt.ts";
import { narrowSessions } from "../services/questions/narrowSessions.ts";
import { isCopy, isWithin } from "../services/search/collect.ts";
import { groupBy } from "../services/search/groupBy.ts";
import { hitOf } from "../services/search/hits.ts";
import type { FoundRow } from "../storage/search/foundRows.ts";
import { type Match, openScan, type Scan } from "../storage/substring/scan.ts";

/** What is looked for, as a search, but its words as they are. */
export type SubstringQuery = Omit<FindQuery, "sort" | "waitMs" | "cursor">;

/**
 * Reads the texts of the record for a substring, whatever its case, and tells of each hit: of the session
 * that was written last first, in it the newest. Ends after `query.limit` hits. Throws like SQLite.
 */
export async function substringSearch(
  database: string,
  query: SubstringQuery,
  tell: (hit: Hit) => Promise<void>,
): Promise<void> {
  const scan = openScan(database);
  try {
    // A message's own speaker, not its session's: `role` is looked at row by row.
    const sessions = scan.sessions(narrowSessions({ ...query, role: undefined, model: undefined }));
    const within = new Set(sessions);
    const outputs = new Set<string>();
    let left = query.words === "" ? 0 : query.limit;
    for (const session of sessions) {
      if (left <= 0) return;
      const hits = (await hitsIn(scan, session, query, within, outputs)).slice(0, left);
      for (const hit of hits) await tell(hit);
      left -= hits.length;
    }
  } finally {
    scan.close();
  }
}

async function hitsIn(
  scan: Scan,
  session: string,
  query: SubstringQuery,
  within: Set<string>,
  outputs: Set<string>,
): Promise<Hit[]> {
  const matches = scan.matches(session, query.in, query.words);
  const found = await withRows(scan, matches);
  const wanted = found
    .filter(({ match, row }) => isWanted(query, match, row) && !isCopy(row, within))
    .filter(({ match }) => match.scope !== "outputs" || isNew(outputs, match.text))
    .toSorted((a, b) => (b.row.createdAt ?? 0) - (a.row.createdAt ?? 0));
  const more = query.each ? 0 : wanted.length - 1;
  const shown = query.each ? wanted : wanted.slice(0, 1);
  return shown.map(({ match, row }) => ({
    ...hitOf(match.scope, row, excerptAround(match.text, placesOf(match.text, query.words))),
    more,
    moreIsCapped: false,
  }));
}

/** Texts of which the rows are read in one go. */
const AT_ONCE = 200;

async function withRows(scan: Scan, matches: Match[]): Promise<{ match: Match; row: FoundRow }[]> {
  const found: { match: Match; row: FoundRow }[] = [];
  for (const [kind, group] of groupBy(matches, ({ kind }) => kind)) {
    for (let from = 0; from < group.length; from += AT_ONCE) {
      const part = group.slice(from, from + AT_ONCE);
      const rows = await scan.rows(kind, [...new Set(part.map(({ key }) => key))]);
      const byKey = new Map(rows.map((row) => [row.key, row]));
      for (const match of part) {
        const row = byKey.get(match.key);
        if (row) found.push({ match, row });
      }
    }
  }
  return found;
}

/** What narrows a message by the calls of its session narrows a call by itself. */
function isWanted(query: SubstringQuery, { scope }: Match, row: FoundRow): boolean {
  const { role, tool, file } = query;
  if (!isWithin(query, row) || (role !== undefined && row.role !== role)) return false;
  if (scope !== "tools" && scope !== "outputs") return true;
  if (tool !== undefined && row.tool?.toLowerCase() !== tool.toLowerCase()) return false;
  return (
    file === undefined || row.files.some((path) => path === file || path?.endsWith(fromSlash(file)))
  );
}

function fromSlash(file: string): string {
  return file.startsWith("/") ? file : `/${file}`;
}

function isNew(known: Set<string>, text: string): boolean {
  const isNew = !known.has(text);
  known.add(text);
  return isNew;
}

function placesOf(text: string, part: string): { term: number; start: number; end: number }[] {
  const lower = text.toLowerCase();
  // Some letters are longer as small ones: then only what is written the same is marked.
  const [inside, wanted] =
    lower.length === text.length ? [lower, part.toLowerCase()] : [text, part];
  const places: { term: number; start: number; end: number }[] = [];
  for (let at = inside.indexOf(wanted); at >= 0; at = inside.indexOf(wanted, at + 1)) {
    places.push({ term: 0, start: at, end: at + wanted.length });
    if (places.length === 100) break;
  }
  return places;
}
