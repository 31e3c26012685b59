import { statSync } from "node:fs";
import { makeBed } from "../bed.ts";
import { recordsOf, textBytes } from "../corpus/records.ts";
import type { Effort, Figure, Row } from "../figure.ts";
import { bundleScript } from "../scripts.ts";
import { sendRate } from "./throughput.ts";

const COUNT = 40_000;
const WARM_UP = 2_000;
const PER_COMMIT = 100;

/** What the file takes, against the bytes of the texts in it; and what it would with each text in its row. */
export const size: Figure = {
  name: "size",
  async run({ scale }: Effort): Promise<Row[]> {
    const script = await bundleScript("sender");
    await using bed = await makeBed();
    const count = Math.round(COUNT * scale);
    await sendRate(script, bed, { how: "ingest", mix: "steps", sender: "size", count });
    await bed.daemon.stop();
    const records = recordsOf("steps", "size", 0, WARM_UP + count);
    bed.raw.insert(records, PER_COMMIT);
    const texts = textBytes(records);
    const share = Math.round((texts.outputs / texts.all) * 100);
    const what = `size of the file, outputs ${share} % of the texts' bytes`;
    const row = (bytes: number): Row => ({
      what,
      measured: megabytes(bytes),
      floor: megabytes(texts.all),
      ratio: `${(bytes / texts.all).toFixed(2)} ×`,
      reach: "≤ 0.75 ×",
      met: bytes / texts.all <= 0.75,
    });
    return [
      row(statSync(bed.paths.database).size),
      { ...row(bed.raw.size()), what: "the same with each text in its row", reach: "", met: true },
    ];
  },
};

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
