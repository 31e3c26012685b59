import { setTimeout as sleep } from "node:timers/promises";
import { makeBed } from "../bed.ts";
import type { Effort, Figure } from "../figure.ts";
import { pidOf, processorTime, residentBytes } from "../proc.ts";
import { bundleScript } from "../scripts.ts";
import { sendRate } from "./throughput.ts";

const MESSAGES = 100_000;
/**
 * What a daemon is given to come to rest after its last answer, ms: V8 collects once more by itself
 * after a burst, for 25 to 60 ms, mostly within 45 s and at the latest after 100 (its memory
 * reducer's watchdog).
 */
const REST_MS = 120_000;

/** What a daemon costs that has nothing to do, having recorded much. */
export const idle: Figure = {
  name: "idle",
  async run({ scale, idleSeconds }: Effort) {
    const script = await bundleScript("sender");
    await using bed = await makeBed();
    const count = Math.round(MESSAGES * scale);
    await sendRate(script, bed, { how: "spool", sender: "idle", count });
    const pid = pidOf(bed.daemon.process);
    await sleep(REST_MS);
    const megabytes = residentBytes(pid) / 1e6;
    const before = processorTime(pid);
    await sleep(idleSeconds * 1_000);
    const percent = (processorTime(pid) - before) / (idleSeconds * 10);
    return [
      {
        what: `daemon memory, idle, after ${count.toLocaleString("en")} messages`,
        measured: `${megabytes.toFixed(0)} MB`,
        floor: "–",
        ratio: "",
        reach: "≤ 110 MB",
        met: megabytes <= 110,
      },
      {
        what: `daemon CPU, idle for ${idleSeconds} s`,
        measured: `${percent.toFixed(3)} %`,
        floor: "–",
        ratio: "",
        reach: "< 0.1 %",
        met: percent < 0.1,
      },
    ];
  },
};
