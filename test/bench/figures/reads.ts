import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createRpcClient, type RpcClient } from "@duolog/client";
import { type Bed, makeBed } from "../bed.ts";
import { type Effort, type Figure, millis, type Row } from "../figure.ts";
import { fill } from "../fill.ts";
import { callTime, quantile } from "../measure.ts";
import { bundleScript } from "../scripts.ts";

/** Between two reads, ms. */
const PAUSE = 5;
const READS = 600;

function readsOf({ reader }: RpcClient): (() => Promise<unknown>)[] {
  return [
    () => reader.session.list({ limit: 50 }),
    () => reader.message.list({ sessionId: "ses_filled_7", limit: 50 }),
    () => reader.session.get({ id: "ses_filled_9" }),
  ];
}

/** The longest of many reads, while `sender` sends where one is given. */
export async function slowestRead(what: string, bed: Bed, sender: string | null): Promise<Row> {
  const rpc = createRpcClient({
    clientName: "bench",
    clientVersion: "0",
    dataDir: bed.paths.root,
    autostart: false,
  });
  const reads = readsOf(rpc);
  for (const read of reads) await read();
  const writing = sender === null ? null : await startSending(bed, sender);
  const times: number[] = [];
  for (let i = 0; i < READS && (writing?.isOn() ?? true); i += 1) {
    times.push(await callTime(reads[i % reads.length] as () => Promise<unknown>));
    await sleep(PAUSE);
  }
  await writing?.stop();
  await rpc.close();
  const longest = Math.max(...times);
  return {
    what: `${what}: longest wait of ${times.length}`,
    measured: millis(longest),
    floor: "–",
    ratio: `p99 ${millis(quantile(times, 0.99))}`,
    reach: "≤ 50 ms",
    met: longest <= 50,
  };
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
    isOn: () => child.exitCode === null,
    async stop() {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
  };
}

/** Reads beside a client that sends all it can. */
export const reads: Figure = {
  name: "reads",
  async run({ scale }: Effort) {
    const script = await bundleScript("busySender");
    await using bed = await makeBed((database) => fill(database, Math.round(100_000 * scale)));
    return [await slowestRead("reads while batches are written", bed, script)];
  },
};
