import { databaseIdentity, ensureDataDir, noteUnknownTypes } from "@duolog/client/local";
import { asFailure } from "../failure.ts";
import { type Output, show } from "../output/output.ts";
import type { Place } from "../place.ts";
import { openStores, type Wanted } from "../stores/openStores.ts";
import type { Store } from "../stores/store.ts";
import { type Chosen, chooseParts } from "./chooseParts.ts";
import { type ImportState, loadImportState, nextState, saveImportState } from "./importState.ts";
import { importStore, type Outcome, type Sink } from "./importStore.ts";
import { interruptible } from "./interrupt.ts";
import { Progress, type Screen } from "./progress.ts";
import { reportOf, reportText, totalOf } from "./report.ts";

/** What to import, and how. */
export interface ImportOptions extends Wanted {
  /** Epoch ms: what was last written before is left out. */
  since?: number;
  /** Nothing is written to the record. */
  dryRun?: boolean;
  /** What was taken already is read again. */
  all?: boolean;
}

/** What an import goes by. */
export interface Setting {
  place: Place;
  env: NodeJS.ProcessEnv;
  options: ImportOptions;
  output: Output;
  /** Where it tells how far it is; null for nowhere. */
  screen: Screen | null;
}

/** A store, what of it is read, and what became of that; null before. */
interface Task {
  store: Store;
  chosen: Chosen;
  outcome: Outcome | null;
}

/** For each batch, ms. */
const DEADLINE_MS = 60_000;

/**
 * Takes over what agents' own files, or another record, hold; twice does no harm. Tells what it did;
 * false where something could not be read. Rejects with Failure, and with Interrupted at a signal.
 */
export function importRecords(setting: Setting): Promise<boolean> {
  const { place, env, options } = setting;
  return interruptible(async (stop) => {
    let stores: Store[] = [];
    try {
      if (!options.dryRun) ensureDataDir(place.paths);
      const state = loadImportState(place.paths, databaseIdentity(place.paths.database));
      stores = await openStores(place, env, options, options.all ? null : state);
      return await importStores(setting, stores, state, stop);
    } catch (error) {
      throw asFailure(error);
    } finally {
      for (const store of stores) store.close();
    }
  });
}

async function importStores(
  setting: Setting,
  stores: Store[],
  state: ImportState | null,
  stop: AbortSignal,
): Promise<boolean> {
  const { place, options, output } = setting;
  const { dryRun = false, since } = options;
  const tasks = stores.map((store) => taskOf(store, options, state));
  const isAnything = tasks.some(({ chosen }) => chosen.read.length > 0);
  const database = isAnything ? await readAll(setting, tasks, stop) : null;
  const reports = tasks.map(({ store, chosen, outcome }) => reportOf(store, chosen, outcome));
  show(output, totalOf(reports, dryRun), (report) => reportText(report, since ?? null));
  for (const { store, outcome } of dryRun ? [] : tasks) {
    if (store.source) noteUnknownTypes(place.paths, store.source, outcome?.unknown ?? []);
  }
  // Another one may have taken the place of that which the unchanged parts were taken by.
  if (database !== null && database === (state?.database ?? database)) {
    saveImportState(place.paths, nextState(state, database, tasks, isOfAll(options)));
  }
  return tasks.every(({ store, outcome }) => {
    return !store.left.some(({ isFault }) => isFault) && !outcome?.failed.length;
  });
}

function taskOf(store: Store, options: ImportOptions, state: ImportState | null): Task {
  const known = store.source === null ? undefined : state?.agents.get(store.source);
  const isUsable = !options.all && known?.translator === store.translator;
  const chosen = chooseParts(store.parts, isUsable ? known.parts : null, options.since ?? null);
  return { store, chosen, outcome: null };
}

/** Whether everything is looked into that agents keep here. */
function isOfAll({ claudeCode, opencode, database }: ImportOptions): boolean {
  return [claudeCode, opencode, database].every((named) => typeof named !== "string");
}

/** Reads what is chosen. Resolves with the database that took it all; null where none is known to have. */
async function readAll(
  { place, env, options, screen }: Setting,
  tasks: Task[],
  stop: AbortSignal,
): Promise<string | null> {
  const parts = tasks.flatMap(({ chosen }) => chosen.read);
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  const progress = new Progress(screen, { sessions: parts.length, bytes }, performance.now());
  const read = async (sink: Sink) => {
    for (const task of tasks) {
      task.outcome = await importStore(task.store, task.chosen, { sink, progress, stop });
    }
  };
  const { daemonSink, drySink } = await import("./sinks.ts");
  try {
    if (options.dryRun) {
      await read(drySink);
      return null;
    }
    const { throughDaemon } = await import("../daemon/read.ts");
    return await throughDaemon(place, env, DEADLINE_MS, async (rpc) => {
      const before = databaseIdentity(place.paths.database);
      await read(daemonSink(rpc));
      return databaseIdentity(place.paths.database) === before ? before : null;
    });
  } finally {
    progress.end();
  }
}
