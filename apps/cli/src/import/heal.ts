import { databaseIdentity, type Heard, noteUnknownTypes, readHeard } from "@duolog/client/local";
import { Source } from "@duolog/contract";
import { lastHeard } from "@duolog/daemon/storage";
import { openSessionRows } from "@duolog/daemon/verify";
import { commandClient } from "../daemon/rpc.ts";
import { type Looks, loadLooks, saveLooks, stillMissed } from "../missed/looks.ts";
import { ARRIVES_MS, both, type Missed, writtenAfter } from "../missed/missed.ts";
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
  /** Besides those that the record has, and those that came since the last look; but what somebody works in. */
  known: boolean;
  /** Epoch ms. */
  now: number;
}

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
    const tasks = stores.map((store) =>
      taskOf(store, state, wanted(recorded, before.get(store.source)?.lookedAt ?? null, options)),
    );
    if (tasks.some(({ chosen }) => chosen.read.length > 0)) {
      await interruptible((stop) => readAll(place, tasks, stop));
      if (databaseIdentity(paths.database) !== database) return [];
      saveImportState(paths, nextState(state, database, tasks, false));
    }
    if (!options.known) return [];
    const found = tasks.flatMap((task) => foundBy(task, before.get(task.store.source) ?? null));
    saveLooks(paths, database, nextLooks(looks, before, found, readHeard(paths), options.now));
    return found;
  } finally {
    for (const store of stores) store.close();
  }
}

interface Task {
  store: AgentStore;
  chosen: Chosen;
  outcome: Outcome | null;
}

/** How things were with an agent before a look. */
interface Before {
  /** Epoch ms; before the first look, what can't have been missed by the time that the record heard of it. */
  lookedAt: number;
  /** When its plugin was last heard of, epoch ms. */
  heardAt: number;
}

/** Null of an agent that nothing was ever recorded of. */
function beforeOf({ paths }: Place, looks: Looks, source: Source): Before | null {
  const recorded = lastHeard(paths.database, source);
  if (recorded === null) return null;
  return {
    lookedAt: looks.get(source)?.at ?? recorded.at + LIVE_MS + ARRIVES_MS,
    heardAt: readHeard(paths).get(source) ?? recorded.at,
  };
}

type IsWanted = (part: { id: string; writtenAt: number; ofMany?: true }) => boolean;

function wanted(
  recorded: ReadonlySet<string>,
  lookedAt: number | null,
  { named, known, now }: HealOptions,
): IsWanted {
  // When a part was written is only asked for where it matters: a look at it.
  const isQuiet: IsWanted = ({ writtenAt }) => now - writtenAt > LIVE_MS;
  const hasCome: IsWanted = ({ writtenAt, ofMany }) =>
    !ofMany && lookedAt !== null && writtenAt > lookedAt - LIVE_MS;
  return (part) =>
    named.includes(part.id) || (known && (recorded.has(part.id) || hasCome(part)) && isQuiet(part));
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
  before: ReadonlyMap<Source, Before | null>,
  found: readonly Found[],
  heard: Heard,
  at: number,
): Looks {
  const agents = [...before].flatMap(([source, known]) => (known ? [source] : []));
  const missedOf = (source: Source) => {
    const added = found.find(({ agent }) => agent === source);
    const missed = added ? { sessions: added.sessions, since: added.since } : null;
    return both(stillMissed(looks, source, heard), missed);
  };
  return new Map([
    ...looks,
    ...agents.map((source) => [source, { at, missed: missedOf(source) }] as const),
  ]);
}
