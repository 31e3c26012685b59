import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Bed, makeBed } from "../bed.ts";
import { type Effort, type Figure, type Row, shareOfFloor } from "../figure.ts";
import { interleave } from "../measure.ts";
import { bundleScript } from "../scripts.ts";

const WARM_UP = 2_000;
const COUNT = 20_000;
const PER_COMMIT = 100;

/** Messages per second that a client process gets acknowledged. */
export async function sendRate(
  script: string,
  bed: Bed,
  how: "ingest" | "spool",
  sender: string,
  count: number,
): Promise<number> {
  const args = [script, how, bed.paths.root, sender, String(WARM_UP), String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: bed.env });
  return (count / Number(stdout)) * 1_000;
}

/** Batched messages against the same rows put in by SQLite alone. */
export const throughput: Figure = {
  name: "throughput",
  async run({ rounds, scale }: Effort): Promise<Row[]> {
    const script = await bundleScript("sender");
    await using bed = await makeBed();
    const count = Math.round(COUNT * scale);
    let round = 0;
    const raw = () => {
      round += 1;
      bed.raw.insert(`w${round}`, 0, WARM_UP, PER_COMMIT);
      return (count / bed.raw.insert(`r${round}`, 0, count, PER_COMMIT)) * 1_000;
    };
    const rows: Row[] = [];
    for (const how of ["ingest", "spool"] as const) {
      const send = () => sendRate(script, bed, how, `${how}${round}`, count);
      const { sides, ratio } = await interleave(rounds, send, raw);
      rows.push(shareOfFloor(`durable messages, batched (${how})`, sides, ratio, 0.3));
    }
    return rows;
  },
};
