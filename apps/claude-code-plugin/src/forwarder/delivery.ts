import { setTimeout } from "node:timers/promises";
import type { RpcClient } from "@duolog/client";
import { type IngestRecord, isFinal } from "@duolog/contract";
import type { PutAside } from "./putAside.ts";

/** The daemon did not take it for as long as the forwarder waits. */
export class DaemonAway extends Error {
  override readonly name = "DaemonAway";
}

/** The forwarder was told to end before all was taken. */
export class ToldToEnd extends Error {
  override readonly name = "ToldToEnd";
}

/** Between tries, ms; doubled each time. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 15_000;

/** What a delivery goes by. */
export interface DeliveryOptions {
  readonly putAside: PutAside;
  /** How long a daemon that takes nothing is waited for, ms. */
  readonly patienceMs: number;
  /** Tells to end: then nothing more is sent or waited for. */
  readonly ending: AbortSignal;
  /** Called after each answer; what it throws ends the delivery. */
  readonly acked: () => void;
}

/** Hands records to the daemon and returns only once each was stored or refused for good. */
export class Delivery {
  readonly #rpc: RpcClient;
  readonly #options: DeliveryOptions;

  constructor(rpc: RpcClient, options: DeliveryOptions) {
    this.#rpc = rpc;
    this.#options = options;
  }

  /**
   * @throws DaemonAway once `patienceMs` are over
   * @throws ToldToEnd where something is left to send while ending
   */
  async deliver(records: IngestRecord[]): Promise<void> {
    const { ending, patienceMs } = this.#options;
    let waiting = records;
    let pause = FIRST_PAUSE;
    const since = performance.now();
    while (waiting.length > 0) {
      if (ending.aborted) throw new ToldToEnd();
      const left = await this.#send(waiting);
      // Something went through: the daemon is there.
      pause =
        left.records.length < waiting.length ? FIRST_PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
      waiting = left.records;
      if (waiting.length === 0) return;
      if (performance.now() - since > patienceMs) throw new DaemonAway(left.reason);
      await sleep(pause, ending);
    }
  }

  /** What has to be sent again, and why. */
  async #send(records: IngestRecord[]): Promise<{ records: IngestRecord[]; reason: string }> {
    const answer = await this.#rpc.ingest(records);
    if (answer.status === "unavailable") return { records, reason: answer.reason };
    this.#options.acked();
    let reason = "";
    const left = records.filter((record, i) => {
      const result = answer.results[i];
      if (result?.ok) return false;
      const error = result?.error;
      if (error && isFinal(error.code)) {
        this.#options.putAside(record, error.message);
        return false;
      }
      reason = error?.message ?? "no answer";
      return true;
    });
    return { records: left, reason };
  }
}

/** Resolves after so long, ms, or at once when the signal says to end; holds the process meanwhile. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
