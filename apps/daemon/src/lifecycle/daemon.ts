import { setTimeout } from "node:timers/promises";
import {
  countRejected,
  type DataPaths,
  ensureToken,
  runtimeOf,
  writeRuntime,
} from "@duolog/client/local";
import { errorDetails, type Log } from "../log/log.ts";
import type { Ports } from "../server/callGate.ts";
import { type Server, startServer } from "../server/server.ts";
import { createHealthService } from "../services/healthService.ts";
import { createMaintainer } from "../services/maintainer.ts";
import { createFileService } from "../services/questions/fileService.ts";
import { createQuestionService } from "../services/questions/questionService.ts";
import { createReadService } from "../services/readService.ts";
import { createRecordService, type RecordService } from "../services/recordService.ts";
import { createSearchService } from "../services/search/searchService.ts";
import { openPriceList } from "../services/usage/priceList.ts";
import { createUsageService } from "../services/usage/usageService.ts";
import type { Storage } from "../storage/storage.ts";
import type { Loss } from "../storage/storageError.ts";
import { runInWorker } from "../storage/worker/runInWorker.ts";
import { collectWhenQuiet } from "./collectWhenQuiet.ts";
import { Accountant } from "./derived/Accountant.ts";
import { Indexer } from "./derived/Indexer.ts";
import { type DrainOptions, drainSpool } from "./drain.ts";
import { dropLeftovers } from "./dropLeftovers.ts";
import { readFetchedPrices } from "./fetchedPrices.ts";
import { HeardNote } from "./heal/HeardNote.ts";
import { Healer, type HealOptions } from "./heal/healer.ts";
import { openRecord, suspectDatabase } from "./openRecord.ts";
import { watchPlaces } from "./placeWatch.ts";
import { readOwnPrices, readSettings } from "./settings.ts";
import { type TakeOverOptions, takeOverAside } from "./takeOver.ts";

/** How often the spools of dead processes are looked for, ms. */
const DRAIN_MS = 15_000;
/** What a stop leaves for calls that were read, for their answers, and for the peers to close, ms. */
const BEGIN_MS = 400;
const SETTLE_MS = 1_200;
const CLOSE_MS = 300;

const LOSSES: Record<Loss, string> = {
  damaged: "the database is damaged",
  gone: "duolog.db is gone",
  "wal-gone": "duolog.db-wal is gone",
  "shm-gone": "duolog.db-shm is gone",
};

/** Where a daemon keeps its data, which program it is, and whom it tells. */
export interface DaemonOptions {
  paths: DataPaths;
  /** Directory of the migrations. */
  migrations: string;
  version: string;
  /** Absolute path of the script that starts the daemon, for runtime.json. */
  entry: string;
  log: Log;
  /** Null: the agents' stores are never read unasked. */
  heal: HealOptions | null;
  /**
   * Told, once or more, that this daemon can't go on: its database is damaged, or its files were
   * deleted under it. From then on it acknowledges nothing; its process is to end, by `abandon`.
   */
  onLost: (reason: string) => void;
}

/** A daemon that runs, until one of its two ends. */
export interface Daemon {
  server: Server;
  storage: Storage;
  /** Finishes what was accepted, within 2 s. */
  stop(): Promise<void>;
  /** Cuts all connections, and leaves what is at its paths now to whoever put it there. */
  abandon(): Promise<void>;
}

/**
 * Runs the daemon in this process, whose caller holds the lock.
 * Throws StorageRefusal where the database can't be used, and Error where the socket can't.
 */
export async function runDaemon(options: DaemonOptions): Promise<Daemon> {
  const { paths, version, entry, log } = options;
  const storage = await openStorage(options);
  logMigration(storage, log);
  const { keptBytes, problems } = readSettings(paths);
  for (const problem of problems) log.error("setting passed over", { problem });
  const healer = options.heal && new Healer(paths, options.heal, log);
  const keepers: (Indexer | Accountant)[] = [];
  const recorder = await createRecordService({
    storage,
    keptBytes,
    now: Date.now,
    onRest() {
      for (const keeper of keepers) keeper.rest();
    },
    onEnded: (sessions) => healer?.request(sessions),
    onFailure: (error) =>
      log.error("database failed", { ...errorDetails(error.cause), what: error.message }),
  });
  const heard = new HeardNote(paths, log);
  const { lastChange, isWriting } = recorder;
  const indexer = new Indexer({ store: storage.search, lastChange, isWriting, log });
  const accountant = new Accountant({ store: storage.usage, lastChange, isWriting, log });
  keepers.push(indexer, accountant);
  const ports = createPorts(options, {
    storage,
    recorder,
    keptBytes,
    healer,
    heard,
    indexer,
    accountant,
  });
  const server = await serve(options, ports);
  const runtime = runtimeOf(paths, entry, version);
  try {
    writeRuntime(paths, runtime);
  } catch (error) {
    // Nobody is served by a process that says that it did not start.
    server.abandon();
    throw error;
  }
  log.info("started", { version });
  tidy(paths, log);
  const stopChores = beginChores(options, ports, healer, keepers);
  const stopWatching = watchPlaces({ ...options, storage, runtime });
  const settled = () => within(SETTLE_MS, recorder.stop());

  return {
    server,
    storage,
    async stop() {
      stopChores();
      stopWatching();
      await within(BEGIN_MS, server.pause());
      await settled();
      heard.end();
      await server.close(CLOSE_MS);
      await within(BEGIN_MS, indexer.stop());
      await storage.close();
      log.info("stopped");
    },
    async abandon() {
      stopChores();
      stopWatching();
      await settled();
      server.abandon();
    },
  };
}

/** Waits for the work, for so long (ms) at most. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  await Promise.race([work, setTimeout(ms, undefined, { ref: false })]);
}

function openStorage({ paths, migrations, log, onLost }: DaemonOptions): Promise<Storage> {
  return openRecord(paths, log, {
    ...paths,
    migrations,
    onLost(loss) {
      try {
        if (loss === "damaged") suspectDatabase(paths);
      } catch (error) {
        log.error("suspicion not noted", errorDetails(error));
      }
      onLost(LOSSES[loss]);
    },
  });
}

interface Parts {
  storage: Storage;
  recorder: RecordService;
  keptBytes: number;
  healer: Healer | null;
  heard: HeardNote;
  indexer: Indexer;
  accountant: Accountant;
}

function createPorts(
  options: DaemonOptions,
  { storage, recorder, keptBytes, healer, heard, indexer, accountant }: Parts,
): Ports {
  const { paths, version } = options;
  return {
    recorder: heard.listening(recorder),
    reader: createReadService(storage),
    questions: { ...createQuestionService(storage), ...createFileService(indexer, storage) },
    searcher: createSearchService({
      keeper: indexer,
      store: storage.search,
      beside: [accountant],
    }),
    usageReporter: createUsageService({
      keeper: accountant,
      openPrices: () => openPriceList(readOwnPrices(paths), readFetchedPrices(paths)),
      now: Date.now,
    }),
    reporter: createHealthService({
      storage,
      lastChange: recorder.lastChange,
      rejected: () => countRejected(paths),
      about: { version, pid: process.pid, startedAt: Date.now(), dataDir: paths.root },
    }),
    maintainer: createMaintainer({
      ...paths,
      recorder,
      keptBytes,
      lookAgain(sessions) {
        healer?.requestSoon(sessions);
        return healer !== null;
      },
      now: () => new Date(),
      backfill: (work, signal) => runInWorker("backfill", work, signal),
      repair: (work, signal) => runInWorker("repair", work, signal),
    }),
  };
}

function serve({ paths, log }: DaemonOptions, ports: Ports): Promise<Server> {
  return startServer({
    socket: paths.socket,
    token: ensureToken(paths),
    ports,
    events: {
      refused: (reason) => log.warn("connection refused", { reason }),
      dropped: (reason) => log.warn("connection dropped", { reason }),
      failed: (error) => log.error("call failed", errorDetails(error)),
    },
  });
}

/** A start does not fail for what it can't remove. */
function tidy(paths: DataPaths, log: Log): void {
  try {
    dropLeftovers(paths, Date.now());
  } catch (error) {
    log.warn("leftovers not removed", errorDetails(error));
  }
}

/** What a daemon does unasked; returns what ends it. */
function beginChores(
  { paths, migrations, log }: DaemonOptions,
  ports: Ports,
  healer: Healer | null,
  keepers: readonly (Indexer | Accountant)[],
): () => void {
  // What a killed process did not tell, its agent's store may.
  const onDrained = () => healer?.request(null);
  const stopDraining = keepDraining({ paths, ports, now: Date.now }, onDrained, log);
  healer?.request(null);
  const stopTakingOver = takeOver({ paths, migrations, ports, log });
  const stopCollecting = collectWhenQuiet();
  for (const keeper of keepers) keeper.begin();
  return () => {
    for (const keeper of keepers) void keeper.stop();
    stopDraining();
    stopTakingOver();
    stopCollecting();
    healer?.stop();
  };
}

/** Takes over what was put aside, beside everything else; returns what ends it. */
function takeOver(options: Omit<TakeOverOptions, "signal">): () => void {
  const stopping = new AbortController();
  void takeOverAside({ ...options, signal: stopping.signal });
  return () => stopping.abort();
}

/** Drains at once and then every so often; returns what ends it. */
function keepDraining(options: DrainOptions, onDrained: () => void, log: Log): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const again = async () => {
    try {
      const drained = await drainSpool(options);
      if (drained.segments || drained.left) log.info("spool drained", { ...drained });
      if (drained.segments) onDrained();
    } catch (error) {
      log.error("spool not drained", errorDetails(error));
    }
    if (!stopped) timer = globalThis.setTimeout(again, DRAIN_MS).unref();
  };
  timer = globalThis.setTimeout(again, 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function logMigration({ migrated }: Storage, log: Log): void {
  const { applied, baselined, backup } = migrated;
  if (!applied.length && !baselined) return;
  log.info("database migrated", { applied: applied.join(" "), baselined, backup });
}
