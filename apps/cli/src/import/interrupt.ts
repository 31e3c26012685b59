import { constants } from "node:os";
import { Failure } from "../failure.ts";

/** What an import says that was stopped. */
const SAID = "stopped before all was imported. Run it again: nothing is taken over twice";
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** A person or the system asked the work to end. */
class Interrupted extends Failure {
  override readonly name = "Interrupted";
  /** As a shell tells of a process that a signal ended. */
  override readonly exitCode: number;

  constructor(signal: (typeof SIGNALS)[number], said: string) {
    super(said);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Does work that ends by itself soon after the first signal, at which its AbortSignal tells it to, with
 * an Interrupted as the reason, which says `said`. A second one ends the process at once.
 */
export async function interruptible<T>(
  work: (stop: AbortSignal) => Promise<T>,
  said = SAID,
): Promise<T> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    release();
    controller.abort(new Interrupted(signal as (typeof SIGNALS)[number], said));
  };
  const release = () => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    release();
  }
}
