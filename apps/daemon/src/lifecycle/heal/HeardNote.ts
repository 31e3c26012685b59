import { type DataPaths, type Heard, readHeard, writeHeard } from "@duolog/client/local";
import type { Source } from "@duolog/contract";
import type { Recorder } from "@duolog/contract/server";
import { errorDetails, type Log } from "../../log/log.ts";

/** What is on disk may be so much older, ms. */
const BEHIND_MS = 30_000;

/**
 * When each agent's plugin last brought something: by what its connection says, so that an import counts
 * for nothing. Kept in a file, for whoever asks whether a plugin still works.
 */
export class HeardNote {
  readonly #paths: DataPaths;
  readonly #log: Log;
  readonly #heard: Map<Source, number>;
  #written: Heard;

  /** Throws like fs. */
  constructor(paths: DataPaths, log: Log) {
    this.#paths = paths;
    this.#log = log;
    this.#written = readHeard(paths);
    this.#heard = new Map(this.#written);
  }

  /** The recorder, and a note of each plugin that it hears. */
  listening(recorder: Recorder): Recorder {
    return {
      ingest: (records, inferredSource) => {
        if (inferredSource !== null) this.#note(inferredSource, Date.now());
        return recorder.ingest(records, inferredSource);
      },
    };
  }

  /** Writes down what is not yet. */
  end(): void {
    if ([...this.#heard].some(([source, at]) => this.#written.get(source) !== at)) this.#write();
  }

  #note(source: Source, now: number): void {
    this.#heard.set(source, now);
    if (now - (this.#written.get(source) ?? 0) > BEHIND_MS) this.#write();
  }

  #write(): void {
    this.#written = new Map(this.#heard);
    try {
      writeHeard(this.#paths, this.#written);
    } catch (error) {
      this.#log.warn("plugin's sign of life not noted", errorDetails(error));
    }
  }
}
