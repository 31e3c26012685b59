/**
 * Sends records and prints how long it took until all were acknowledged, ms.
 * Arguments: how (`ingest`: unspooled, as Claude's forwarder does; `spool`: as OpenCode's plugin
 * does), the data directory, which records (corpus/records.ts), the sender's name, how many to warm
 * up with, how many to time.
 */
import { setImmediate } from "node:timers/promises";
import { createRpcClient } from "@duolog/client";
import { type Mix, recordsOf } from "../corpus/records.ts";

const args = process.argv.slice(2) as [string, string, Mix, string, ...string[]];
const [how, dataDir, mix, sender, ...counts] = args;
const [warmUp, count] = counts.map(Number) as [number, number];

const rpc = createRpcClient({
  clientName: "bench",
  clientVersion: "0",
  dataDir,
  spool: how === "spool",
  autostart: false,
  deadlineMs: 120_000,
});

async function send(from: number, to: number): Promise<number> {
  const records = recordsOf(mix, sender, from, to);
  const began = performance.now();
  if (how === "ingest") {
    const answer = await rpc.ingest(records);
    if (answer.status !== "answered") throw new Error(answer.reason);
    if (!answer.results.every((result) => result.ok)) throw new Error("refused");
  } else {
    for (const [n, record] of records.entries()) {
      rpc.record(record);
      // As events come: not all in one turn.
      if (n % 100 === 99) await setImmediate();
    }
    if (!(await rpc.flush(120_000))) throw new Error("not acknowledged in time");
  }
  return performance.now() - began;
}

await send(0, warmUp);
const time = await send(warmUp, warmUp + count);
await rpc.close();
process.stdout.write(String(time));
