import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DUOLOG } from "../../harness/daemon.ts";
import { type Bed, makeBed } from "../bed.ts";
import { type Effort, type Figure, type Row, timesFloor } from "../figure.ts";
import { interleave } from "../measure.ts";
import { memoryRow, peakUntilEnd } from "../memory.ts";
import { bundleScript } from "../scripts.ts";
import { sendRate } from "./throughput.ts";

const COUNT = 40_000;
const MOST_MEGABYTES = 250;
const FORMATS = ["json", "html"] as const;

/** Every session written to a directory, ms; what the process held at most goes to `peaks`, bytes. */
async function exportAll({ env }: Bed, args: string[], peaks: number[]): Promise<number> {
  const out = mkdtempSync(join(tmpdir(), "duolog-exported-"));
  try {
    const began = performance.now();
    const child = spawn(process.execPath, [DUOLOG, "export", "--all", "--out", out, ...args], {
      env,
      stdio: ["ignore", "ignore", "ignore"],
    });
    peaks.push(await peakUntilEnd(child, `export ${args.join(" ")}`));
    return performance.now() - began;
  } finally {
    rmSync(out, { recursive: true });
  }
}

/** The whole record taken out, without its secrets against with them. */
export const exporting: Figure = {
  name: "export",
  async run({ rounds, scale }: Effort) {
    const script = await bundleScript("sender");
    await using bed = await makeBed();
    const count = Math.round(COUNT * scale);
    await sendRate(script, bed, { how: "ingest", mix: "steps", sender: "export", count });
    const rows: Row[] = [];
    for (const format of FORMATS) {
      const peaks: number[] = [];
      const { sides, ratio } = await interleave(
        Math.ceil(rounds / 2),
        () => exportAll(bed, ["--format", format], peaks),
        () => exportAll(bed, ["--format", format, "--raw"], []),
      );
      const what = `export --all as ${format}, masked, ${count.toLocaleString("en")} records`;
      rows.push(
        timesFloor(`${what}, against --raw`, sides, ratio, 3),
        memoryRow(`${what}: memory`, peaks, MOST_MEGABYTES),
      );
    }
    return rows;
  },
};
