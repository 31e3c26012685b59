/** What a process without a daemon may read of the record; nothing here writes it. */
export { copyDatabase } from "./copyDatabase.ts";
export { type Cell, runQuery } from "./query/runQuery.ts";
export { countRows } from "./record/countRows.ts";
export { knownSessions } from "./record/knownSessions.ts";
export { type LastHeard, lastHeard } from "./record/lastHeard.ts";
export type { Totals } from "./record/reads.ts";
export { type Aside, listAside } from "./salvage/aside.ts";
