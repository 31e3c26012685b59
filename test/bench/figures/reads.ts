import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createRpcClient, type RpcClient } from "@duolog/client";
import { type Bed, makeBed } from "../bed.ts";
import { type Effort, type Figure, millis, type Row } from "../figure.ts";
import { fill } from "../fill.ts";
import { callTime, median, quantile } from "../measure.ts";
import { bundleScript } from "../scripts.ts";

/** Between two reads, ms. */
const PAUSE = 5;
/** Reads of a round. */
const READS = 200;

function readsOf({ reader }: RpcClient): (() => Promise<unknown>)[] {
  return [
    () => reader.session.list({ limit: 50 }),
    () => reader.message.list({ sessionId: "ses_filled_7", limit: 50 }),
    () => reader.session.get({ id: "ses_filled_9" }),
  ];
}

/** The longest of a round's reads, the median of the rounds, while `sender` sends where one is given. */
export async function slowestRead(
  what: string,
  bed: Bed,
  rounds: number,
  sender: string | null,
): Promise<Row> {
  const rpc = createRpcClient({
    clientName: "bench",
    clientVersion: "0",
    dataDir: bed.paths.root,
    autostart: false,
  });
  const reads = readsOf(rpc);
  for (const read of reads) await read();
  const writing = sender === null ? null : await startSending(bed, sender);
  const longest: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const times = await timesOf(reads);
    longest.push(Math.max(...times));
    all.push(...times);
  }
  await writing?.stop();
  await rpc.close();
  const wait = median(longest);
  return {
    what: `${what}: longest of ${READS}`,
    measured: millis(wait),
    floor: "–",
    ratio: `p99 ${millis(quantile(all, 0.99))}, ever ${millis(Math.max(...all))}`,
    reach: "≤ 50 ms",
    met: wait <= 50,
  };
}

async function timesOf(reads: (() => Promise<unknown>)[]): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < READS; i += 1) {
    times.push(await callTime(reads[i % reads.length] as () => Promise<unknown>));
    await sleep(PAUSE);
  }
  return times;
}

/** Starts a client that sends all it can; resolves when the first of it is stored. */
async function startSending(bed: Bed, script: string) {
  const child = spawn(process.execPath, [script, bed.paths.root], {
    env: bed.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  child.stdout.resume();
  return {
    async stop() {
      if (child.exitCode !== null) throw new Error(`the sender ended with ${child.exitCode}`);
      child.kill("SIGKILL");
      if (child.signalCode === null) await once(child, "exit");
    },
  };
}

/** Reads beside a client that sends all it can. */
export const reads: Figure = {
  name: "reads",
  async run({ rounds, scale }: Effort) {
    const script = await bundleScript("busySender");
    await using bed = await makeBed((database) => fill(database, Math.round(100_000 * scale)));
    return [await slowestRead("reads while batches are written", bed, rounds, script)];
  },
};
