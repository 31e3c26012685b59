import type { Connection } from "../record/connection.ts";
import type { Narrow } from "./narrow.ts";
import { type RowTable, rowBatches } from "./rowBatches.ts";

/** What must be in a session: a message, a tool call, or one of each. */
export type Inside = Readonly<Partial<Record<RowTable, Narrow>>>;

const SESSIONS = (from: string) =>
  `SELECT json_group_array(session) AS json FROM (SELECT DISTINCT rows.session AS session ${from})`;

/** Of these sessions those in which all of it is. Rejects with StorageError. */
export async function holding(
  connection: Connection,
  sessions: readonly string[],
  inside: Inside,
): Promise<readonly string[]> {
  let left = sessions;
  for (const [table, narrow] of Object.entries(inside) as [RowTable, Narrow][]) {
    const question = { table, narrow, select: SESSIONS };
    const holders = new Set<string>();
    for await (const found of rowBatches<string[]>(connection, left, question)) {
      for (const id of found) holders.add(id);
    }
    left = left.filter((id) => holders.has(id));
  }
  return left;
}
