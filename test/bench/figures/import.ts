import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnv, DUOLOG, TestDaemon } from "../../harness/daemon.ts";
import { writeTranscripts } from "../corpus/transcripts.ts";
import { type Effort, type Figure, timesFloor } from "../figure.ts";
import { interleave, programTime } from "../measure.ts";
import { memoryRow, peakUntilEnd } from "../memory.ts";
import { peakBytes, pidOf } from "../proc.ts";
import { bundleScript } from "../scripts.ts";

const SESSIONS = 2_000;
const MOST_MEGABYTES = 250;

/** Wall time of an import, ms, and the most memory of it and of the daemon, bytes. */
interface Import {
  time: number;
  importer: number;
  daemon: number;
}

/** Imports all into a record of its own, of which the daemon runs; the record is kept where asked. */
async function importAll(config: string, keep: (dataDir: string) => void): Promise<Import> {
  const daemon = await TestDaemon.start();
  const { root } = daemon.paths;
  keep(root);
  const began = performance.now();
  const process = spawn(globalThis.process.execPath, [DUOLOG, "import", "--claude-code", config], {
    env: cleanEnv(root),
    stdio: ["ignore", "ignore", "inherit"],
  });
  const importer = await peakUntilEnd(process, "the import");
  const time = performance.now() - began;
  const memory = peakBytes(pidOf(daemon.process)) ?? 0;
  await daemon.stop();
  return { time, importer, daemon: memory };
}

/** Claude Code's history, imported, imported again, and proved. */
export const importHistory: Figure = {
  name: "import",
  async run({ rounds, scale }: Effort) {
    const script = await bundleScript("parseTranscripts");
    const config = mkdtempSync(join(tmpdir(), "duolog-history-"));
    const sessions = Math.round(SESSIONS * scale);
    writeTranscripts(config, sessions);
    const records: string[] = [];
    const imports: Import[] = [];
    try {
      const first = await interleave(
        Math.ceil(rounds / 2),
        async () => {
          const done = await importAll(config, (dataDir) => {
            for (const old of records.splice(0)) rmSync(old, { recursive: true });
            records.push(dataDir);
          });
          imports.push(done);
          return done.time;
        },
        () => Number(execFileSync(process.execPath, [script, config], { encoding: "utf8" })),
      );
      const env = cleanEnv(records[0] ?? "");
      const again = await interleave(
        rounds,
        () => programTime(process.execPath, [DUOLOG, "import", "--claude-code", config], { env }),
        () => programTime(process.execPath, ["-e", "0"], { env }),
      );
      const [record = ""] = records;
      const daemon = await TestDaemon.start(record);
      const proof = await interleave(
        Math.ceil(rounds / 2),
        () => programTime(process.execPath, [DUOLOG, "verify", "--claude-code", config], { env }),
        () => Number(execFileSync(process.execPath, [script, config], { encoding: "utf8" })),
      );
      await daemon.stop();
      const what = `import of ${sessions.toLocaleString("en")} sessions`;
      return [
        timesFloor(`${what}, against reading and parsing them`, first.sides, first.ratio, 10),
        timesFloor("the same again, unchanged, against `node -e 0`", again.sides, again.ratio, 10),
        timesFloor(
          "`verify` of it, nothing wrong, against reading and parsing",
          proof.sides,
          proof.ratio,
          6,
        ),
        memoryRow(
          "memory of that import",
          imports.map(({ importer }) => importer),
          MOST_MEGABYTES,
        ),
        memoryRow(
          "memory of the daemon meanwhile",
          imports.map(({ daemon }) => daemon),
          MOST_MEGABYTES,
        ),
      ];
    } finally {
      for (const directory of [config, ...records]) rmSync(directory, { recursive: true });
    }
  },
};
