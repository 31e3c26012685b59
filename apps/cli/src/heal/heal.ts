import { databaseIdentity, type Heard, noteUnknownTypes, readHeard } from "@duolog/client/local";
import { Source } from "@duolog/contract";
import { openSessionRows } from "@duolog/daemon/verify";
import { commandClient } from "../daemon/rpc.ts";
import { type Chosen, chooseParts } from "../import/chooseParts.ts";
import {
  type ImportState,
  loadImportState,
  nextState,
  saveImportState,
} from "../import/importState.ts";
import { importStore, type Outcome, type Sink } from "../import/importStore.ts";
import { interruptible } from "../import/interrupt.ts";
import { Progress } from "../import/progress.ts";
import { daemonSink } from "../import/sinks.ts";
import type { Place } from "../place.ts";
import { openAgentStores } from "../stores/openStores.ts";
import type { AgentStore } from "../stores/store.ts";
import { type Looks, loadLooks, saveLooks, stillMissed } from "./looks.ts";
import { both, type Missed, writtenAfter } from "./missed.ts";
import {
  type Before,
  beforeOf,
  type HealOptions,
  type Wanted,
  wantedOf,
  wholeOf,
} from "./wanted.ts";

/** For each batch, ms. */
const DEADLINE_MS = 60_000;

/** What an agent's plugin should have brought and did not. */
export interface Found extends Missed {
  agent: Source;
}

/**
 * Brings what live capture missed: reads what changed of sessions at their agents since they were read
 * last, and those that came since the last look. For a child of the daemon, which it takes for granted.
 * Rejects with Failure, and with Interrupted at a signal.
 */
export async function heal(
  place: Place,
  env: NodeJS.ProcessEnv,
  options: HealOptions,
): Promise<Found[]> {
  const { paths } = place;
  const database = databaseIdentity(paths.database);
  if (database === null) return [];
  const state = loadImportState(paths, database);
  const stores = await openAgentStores(place, env, {}, state);
  try {
    const looks = loadLooks(paths, database);
    const recorded = new Set(options.known ? recordedIds(paths.database) : []);
    const before = new Map(stores.map(({ source }) => [source, beforeOf(place, looks, source)]));
    const tasks = stores.map((store) => {
      const known = before.get(store.source) ?? null;
      return taskOf(store, state, wantedOf(store, recorded, known, options));
    });
    if (tasks.some(({ chosen }) => chosen.read.length > 0)) {
      await interruptible((stop) => readAll(place, tasks, stop));
      if (databaseIdentity(paths.database) !== database) return [];
      saveImportState(paths, nextState(state, database, tasks, false));
    }
    if (!options.known) return [];
    const found = tasks.flatMap((task) => foundBy(task, before.get(task.store.source) ?? null));
    const looked = tasks.flatMap((task) => (before.get(task.store.source) ? [task] : []));
    saveLooks(paths, database, nextLooks(looks, looked, found, readHeard(paths), options.now));
    return found;
  } finally {
    for (const store of stores) store.close();
  }
}

interface Task {
  store: AgentStore;
  chosen: Chosen;
  outcome: Outcome | null;
  /** Nothing of it waits until nobody works in it. */
  isWhole: boolean;
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
function taskOf(store: AgentStore, state: ImportState | null, { parts, isWhole }: Wanted): Task {
  const taken = state?.agents.get(store.source);
  const isUsable = taken?.translator === store.translator;
  // What shows that a part changed is not got for those that nobody asks for.
  const wanted = new Set(parts);
  const older = store.parts.filter((part) => !wanted.has(part));
  const chosen = chooseParts(parts, isUsable ? taken.parts : null, null);
  return { store, chosen: { ...chosen, older }, outcome: null, isWhole };
}

async function readAll(place: Place, tasks: Task[], stop: AbortSignal): Promise<void> {
  const rpc = commandClient(place, DEADLINE_MS);
  // Broken lines were told of when they were read first.
  const sink: Sink = { ...daemonSink(rpc), putAside: () => {} };
  const progress = new Progress(null, { sessions: 0, bytes: 0 }, performance.now());
  try {
    for (const task of tasks) {
      task.outcome = await importStore(task.store, task.chosen, { sink, progress, stop });
      noteUnknownTypes(place.paths, task.store.source, task.outcome.unknown);
    }
  } finally {
    await rpc.close();
  }
}

function foundBy({ store, outcome }: Task, before: Before | null): Found[] {
  const missed = outcome && before && writtenAfter([...outcome.fresh], before.heardAt);
  return missed ? [{ agent: store.source, ...missed }] : [];
}

function nextLooks(
  looks: Looks,
  tasks: readonly Task[],
  found: readonly Found[],
  heard: Heard,
  at: number,
): Looks {
  const missedOf = (source: Source) => {
    const added = found.find(({ agent }) => agent === source);
    const missed = added ? { sessions: added.sessions, since: added.since } : null;
    return both(stillMissed(looks, source, heard), missed);
  };
  const looked = tasks.map(({ store, isWhole, outcome }) => {
    const { source } = store;
    const isTaken = isWhole && !outcome?.failed.length;
    return [
      source,
      { at, missed: missedOf(source), whole: isTaken ? wholeOf(store) : null },
    ] as const;
  });
  return new Map([...looks, ...looked]);
}
