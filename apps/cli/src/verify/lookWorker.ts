/** The thread of lookAtAll.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { openSessionRows } from "@duolog/daemon/verify";
import { findPlace } from "../place.ts";
import { openAgentStores } from "../stores/openStores.ts";
import { type Looked, look } from "./look.ts";
import type { LookTask } from "./lookAtAll.ts";

async function run({ env, wanted, source, share }: LookTask): Promise<Looked | null> {
  const place = findPlace(env);
  const stores = await openAgentStores(place, env, wanted);
  const record = openSessionRows(place.paths.database);
  try {
    const store = stores.find((one) => one.source === source);
    return store ? look(store, record, share) : null;
  } finally {
    for (const store of stores) store.close();
    record.close();
  }
}

parentPort?.postMessage(await run(workerData));
