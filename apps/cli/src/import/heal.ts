import { databaseIdentity } from "@duolog/client/local";
import { Source } from "@duolog/contract";
import { openSessionRows } from "@duolog/daemon/verify";
import { commandClient } from "../daemon/rpc.ts";
import type { Place } from "../place.ts";
import { openAgentStores } from "../stores/openStores.ts";
import type { AgentStore } from "../stores/store.ts";
import { type Chosen, chooseParts } from "./chooseParts.ts";
import { type ImportState, loadImportState, nextState, saveImportState } from "./importState.ts";
import { importStore, type Outcome, type Sink } from "./importStore.ts";
import { interruptible } from "./interrupt.ts";
import { Progress } from "./progress.ts";
import { daemonSink } from "./sinks.ts";

/** For each batch, ms. */
const DEADLINE_MS = 60_000;
/** A session that was written to within so long, ms, is still being worked in: live capture sees to it. */
const LIVE_MS = 60_000;

/** Which sessions are looked into. */
export interface HealOptions {
  named: readonly string[];
  /** Those that the record has besides, but what somebody works in. */
  known: boolean;
  /** Epoch ms. */
  now: number;
}

/**
 * Brings what live capture missed: reads what changed of sessions at their agents since they were read
 * last. For a child of the daemon, which it takes for granted. Rejects with Failure, and with
 * Interrupted at a signal.
 */
export async function heal(
  place: Place,
  env: NodeJS.ProcessEnv,
  options: HealOptions,
): Promise<void> {
  const { paths } = place;
  const database = databaseIdentity(paths.database);
  if (database === null) return;
  const state = loadImportState(paths, database);
  const stores = await openAgentStores(place, env, {}, state);
  try {
    const isWanted = wanted(paths.database, options);
    const tasks = stores.map((store) => taskOf(store, state, isWanted));
    if (tasks.every(({ chosen }) => chosen.read.length === 0)) return;
    await interruptible((stop) => readAll(place, tasks, stop));
    if (databaseIdentity(paths.database) !== database) return;
    saveImportState(paths, nextState(state, database, tasks, false));
  } finally {
    for (const store of stores) store.close();
  }
}

interface Task {
  store: AgentStore;
  chosen: Chosen;
  outcome: Outcome | null;
}

type IsWanted = (part: { id: string; writtenAt: number }) => boolean;

function wanted(database: string, { named, known, now }: HealOptions): IsWanted {
  const recorded = new Set(known ? recordedIds(database) : []);
  // When a part was written is only asked for where it matters: a look at it.
  return (part) =>
    named.includes(part.id) || (recorded.has(part.id) && now - part.writtenAt > LIVE_MS);
}

function recordedIds(database: string): string[] {
  const rows = openSessionRows(database);
  try {
    return Object.values(Source).flatMap((source) => rows.ids(source));
  } finally {
    rows.close();
  }
}

/** What is not wanted waits as what is older than an import asks for. */
function taskOf(store: AgentStore, state: ImportState | null, isWanted: IsWanted): Task {
  const taken = state?.agents.get(store.source);
  const isUsable = taken?.translator === store.translator;
  // What shows that a part changed is not got for those that nobody asks for.
  const parts = store.parts.filter(isWanted);
  const wanted = new Set(parts);
  const older = store.parts.filter((part) => !wanted.has(part));
  const chosen = chooseParts(parts, isUsable ? taken.parts : null, null);
  return { store, chosen: { ...chosen, older }, outcome: null };
}

async function readAll(place: Place, tasks: Task[], stop: AbortSignal): Promise<void> {
  const rpc = commandClient(place, DEADLINE_MS);
  // Broken lines were told of when they were read first.
  const sink: Sink = { ...daemonSink(rpc), putAside: () => {} };
  const progress = new Progress(null, { sessions: 0, bytes: 0 }, performance.now());
  try {
    for (const task of tasks) {
      task.outcome = await importStore(task.store, task.chosen, { sink, progress, stop });
    }
  } finally {
    await rpc.close();
  }
}
