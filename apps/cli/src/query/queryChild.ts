/** The process of query.ts: what it is told comes as its one message, what it tells as messages. */
import { once } from "node:events";
import { type Cell, runQuery } from "@duolog/daemon/storage";

/** What is asked. */
export interface Question {
  database: string;
  sql: string;
}

/** What is told: the columns first, `end` or `error` last. */
export type Told = { columns: string[] } | { rows: Cell[][] } | { end: true } | { error: string };

function tell(told: Told): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(told, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

const [{ database, sql }] = (await once(process, "message")) as [Question];
try {
  await runQuery(database, sql, tell);
  await tell({ end: true });
} catch (error) {
  await tell({ error: (error as Error).message });
}
process.disconnect();
