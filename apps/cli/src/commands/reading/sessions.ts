import type { RpcReader } from "@duolog/client";
import type { Filter, SessionSummary } from "@duolog/contract/server";
import { readPages, readThroughDaemon } from "../../daemon/read.ts";
import { type Output, show } from "../../output/output.ts";
import { columns } from "../../output/text.ts";
import { type TreeNode, treeOf } from "../../output/tree/treeOf.ts";
import { treeRows } from "../../output/tree/treeRows.ts";
import type { Place } from "../../place.ts";

/** At most `limit` sessions for which the filter holds. */
export interface SessionsQuery {
  limit: number;
  filter: Filter;
}

/** Lists sessions, the latest first. */
export async function sessions(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: SessionsQuery,
  output: Output,
): Promise<void> {
  const found = await readThroughDaemon(place, env, (reader) => list(reader, query));
  show(output, found, () => tableOf(found.map(nodeOf), query.filter));
}

/** Lists the same sessions with all that belongs to them: what started them, and what they started. */
export async function sessionTrees(
  place: Place,
  env: NodeJS.ProcessEnv,
  query: SessionsQuery,
  output: Output,
): Promise<void> {
  const trees = await readThroughDaemon(place, env, async (reader) => {
    const ids = (await list(reader, query)).map(({ id }) => id);
    const tree = await reader.session.tree({ ids: ids.slice(0, MOST_IDS) });
    return { nodes: treeOf(tree, ids), complete: tree.complete && ids.length <= MOST_IDS };
  });
  show(output, trees, ({ nodes, complete }) => {
    const more = complete ? "" : "there are more than are shown: take a smaller --limit\n";
    return tableOf(nodes, query.filter) + more;
  });
}

/** Sessions that a question for trees takes. */
const MOST_IDS = 1_000;
const HEADINGS = ["UPDATED", "SOURCE", "MESSAGES", "CALLS", "PROJECT", "TITLE", "ID"];

function list(reader: RpcReader, { limit, filter }: SessionsQuery): Promise<SessionSummary[]> {
  return readPages(limit, (size, cursor) =>
    reader.session.list({ ...filter, limit: size, cursor }),
  );
}

function nodeOf(session: SessionSummary): TreeNode {
  return { kind: "session", session, children: [] };
}

function tableOf(nodes: TreeNode[], filter: Filter): string {
  if (nodes.length > 0) return columns([HEADINGS, ...treeRows(nodes)]);
  const isNarrowed = Object.values(filter).some((value) => value !== undefined);
  return isNarrowed ? "no such session\n" : "no sessions yet\n";
}
