import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Bed, makeBed } from "../bed.ts";
import { type Mix, recordsOf } from "../corpus/records.ts";
import { type Effort, type Figure, type Row, shareOfFloor } from "../figure.ts";
import { interleave } from "../measure.ts";
import { bundleScript } from "../scripts.ts";

const WARM_UP = 2_000;
const COUNT = 20_000;
const PER_COMMIT = 100;

/** What a sender sends, how many, and how: unspooled, or through the spool. */
export interface Sending {
  sender: string;
  count: number;
  how: "ingest" | "spool";
  mix?: Mix;
}

/** Records per second that a client process gets acknowledged. */
export async function sendRate(script: string, bed: Bed, sending: Sending): Promise<number> {
  const { sender, count, how, mix = "messages" } = sending;
  const args = [script, how, bed.paths.root, mix, sender, String(WARM_UP), String(count)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: bed.env });
  return (count / Number(stdout)) * 1_000;
}

/** Records per second of SQLite alone. */
function rawRate({ raw }: Bed, mix: Mix, sender: string, count: number): number {
  const records = recordsOf(mix, sender, 0, WARM_UP + count);
  raw.insert(records.slice(0, WARM_UP), PER_COMMIT);
  return (count / raw.insert(records.slice(WARM_UP), PER_COMMIT)) * 1_000;
}

async function batched(
  what: string,
  { rounds, scale }: Effort,
  variants: [how: Sending["how"], mix: Mix][],
): Promise<Row[]> {
  const script = await bundleScript("sender");
  await using bed = await makeBed();
  const count = Math.round(COUNT * scale);
  const rows: Row[] = [];
  for (const [how, mix] of variants) {
    let round = 0;
    const { sides, ratio } = await interleave(
      rounds,
      () => sendRate(script, bed, { how, mix, count, sender: `${how}${round++}` }),
      () => rawRate(bed, mix, `${how}${round++}`, count),
    );
    rows.push(shareOfFloor(`${what} (${how})`, sides, ratio, 0.3));
  }
  return rows;
}

/** Batched messages against the same rows put in by SQLite alone. */
export const throughput: Figure = {
  name: "throughput",
  run: (effort) =>
    batched("durable messages, batched", effort, [
      ["ingest", "messages"],
      ["spool", "messages"],
    ]),
};

/** The same of records of which a third are tool calls; by SQLite alone with all texts in the rows. */
export const calls: Figure = {
  name: "calls",
  run: (effort) =>
    batched("durable records, a third of them tool calls", effort, [["ingest", "mixed"]]),
};
