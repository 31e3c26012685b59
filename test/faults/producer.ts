import type { IngestRecord } from "@duolog/contract";
import { testClient } from "../harness/daemon.ts";

const T0 = 1_769_760_000_000;

/** Version `n` of a message: every field tells it, so that a half-merged row would show. */
export function versionOf(sessionId: string, id: string, n: number): IngestRecord {
  return {
    kind: "message",
    data: {
      id,
      sessionId,
      role: "assistant",
      textContent: `version ${n} ${"x".repeat(500)}`,
      model: `model-${n}`,
      completionTokens: n,
      createdAt: T0,
      updatedAt: T0 + n,
      observedAt: T0 + n,
      observedSeq: n,
    },
  };
}

/** Sends versions of a few messages, batch after batch, until told to stop or the daemon is gone. */
export class Producer {
  /** Message id to the last version that the daemon acknowledged. */
  readonly acknowledged = new Map<string, number>();
  readonly #rpc;
  #n = 0;

  constructor(
    dataDir: string,
    readonly sessionId: string,
  ) {
    this.#rpc = testClient(dataDir);
  }

  async run(stop: { now: boolean }): Promise<void> {
    while (!stop.now) {
      const batch = Array.from({ length: 20 }, () => {
        this.#n += 1;
        return { n: this.#n, id: `${this.sessionId}-${this.#n % 37}` };
      });
      const records = batch.map(({ id, n }) => versionOf(this.sessionId, id, n));
      const answer = await this.#rpc.ingest(records);
      if (answer.status !== "answered") return;
      batch.forEach(({ id, n }, i) => {
        if (!answer.results[i]?.ok) throw new Error(JSON.stringify(answer.results[i]));
        this.acknowledged.set(id, n);
      });
    }
  }

  close(): Promise<void> {
    return this.#rpc.close();
  }
}
