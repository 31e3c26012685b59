import { rmSync } from "node:fs";
import { join } from "node:path";
import { type DataPaths, dataPaths } from "@duolog/client/local";
import { cleanEnv, newDataDir, TestDaemon } from "../harness/daemon.ts";
import { RawFile } from "./raw.ts";

/** A data directory with a daemon, and a file of the same shape to write to without one. */
export interface Bed extends AsyncDisposable {
  paths: DataPaths;
  env: Record<string, string>;
  daemon: TestDaemon;
  raw: RawFile;
}

/** `fill` may put rows in the file before the daemon runs on it. */
export async function makeBed(fill: (database: string) => void = () => {}): Promise<Bed> {
  const dataDir = newDataDir();
  const paths = dataPaths(dataDir);
  // The first start makes the file.
  await (await TestDaemon.start(dataDir)).stop();
  const raw = new RawFile(paths.database, join(dataDir, "raw.db"));
  fill(paths.database);
  const daemon = await TestDaemon.start(dataDir);
  return {
    paths,
    env: cleanEnv(dataDir),
    daemon,
    raw,
    async [Symbol.asyncDispose]() {
      raw[Symbol.dispose]();
      await daemon.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
