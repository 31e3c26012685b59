import { setTimeout as sleep } from "node:timers/promises";
import type { IngestRecord } from "@duolog/contract";
import type { FindQuery, Found } from "@duolog/contract/server";
import { Indexer } from "../../src/lifecycle/derived/Indexer.ts";
import { createRecordService } from "../../src/services/recordService.ts";
import { createSearchService } from "../../src/services/search/searchService.ts";
import { openStorage } from "../../src/storage/storage.ts";
import { MIGRATIONS, temporary } from "../storage/migrationFiles.ts";

/** Everything that was logged: events with their details. */
export type Logged = [event: string, details?: object][];

/** A record with its index, in this process, on real files; what a daemon has of them, and no more. */
export async function searchBed(directory = temporary()) {
  const database = directory.at("duolog.db");
  const logged: Logged = [];
  const note = (event: string, details?: object) => {
    logged.push([event, details]);
  };
  const log = { info: note, warn: note, error: note, close: async () => {} };
  const storage = await openStorage({
    database,
    backups: directory.backups,
    migrations: MIGRATIONS,
  });
  const recorder = await createRecordService({
    storage,
    now: Date.now,
    onFailure: (error) => note("database failed", error),
    onRest: () => indexer.rest(),
  });
  const { lastChange, isWriting } = recorder;
  const indexer = new Indexer({ store: storage.search, lastChange, isWriting, log });
  const service = createSearchService({ keeper: indexer, store: storage.search });
  return {
    directory,
    database,
    index: directory.at("search.db"),
    storage,
    recorder,
    indexer,
    service,
    logged,
    async ingest(records: IngestRecord[]) {
      const results = await recorder.ingest(records, null);
      const refused = results.filter(({ ok }) => !ok);
      if (refused.length > 0) throw new Error(JSON.stringify(refused));
    },
    /** Waits for the index, and asks. */
    async find(words: string, more: Partial<FindQuery> = {}): Promise<Found> {
      await service.ready(20_000);
      return service.find({ ...QUERY, words, ...more });
    },
    async whole() {
      for (;;) {
        await service.ready(20_000);
        if (indexer.behind() === 0) return;
        await sleep(10);
      }
    },
    /** As a daemon that ends; the files stay. */
    async close() {
      await indexer.stop();
      await recorder.stop();
      await storage.close();
    },
  };
}

export type SearchBed = Awaited<ReturnType<typeof searchBed>>;

export const QUERY: Omit<FindQuery, "words"> = {
  in: ["messages"],
  sort: "newest",
  limit: 10,
  each: false,
  waitMs: 20_000,
};
