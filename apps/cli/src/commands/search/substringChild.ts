/** The process of substringSearch.ts: what it is told comes as its one message, what it tells as messages. */
import { once } from "node:events";
import type { Hit } from "@duolog/contract/server";
import { type SubstringQuery, substringSearch } from "@duolog/daemon/substring";

/** What is looked for, and where. */
export interface SubstringTask {
  database: string;
  query: SubstringQuery;
}

/** What is told: hits, `end` or `error` last. */
export type SubstringTold = { hit: Hit } | { end: true } | { error: string };

function tell(told: SubstringTold): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(told, (error: Error | null) => (error ? reject(error) : resolve()));
  });
}

const [{ database, query }] = (await once(process, "message")) as [SubstringTask];
try {
  await substringSearch(database, query, (hit) => tell({ hit }));
  await tell({ end: true });
} catch (error) {
  await tell({ error: (error as Error).message });
}
process.disconnect();
