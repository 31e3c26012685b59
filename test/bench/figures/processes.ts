import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { dataPaths, ensureDataDir } from "@duolog/client/local";
import { cleanEnv, DUOLOG, newDataDir, TestDaemon, testClient } from "../../harness/daemon.ts";
import { makeBed } from "../bed.ts";
import { type Effort, type Figure, timesFloor } from "../figure.ts";
import { interleave, programTime } from "../measure.ts";
import { bundleScript } from "../scripts.ts";

const emptyNode = (env: Record<string, string>) =>
  programTime(process.execPath, ["-e", "0"], { env });

/** A whole process with one upsert in it, as a hook or script would be. */
export const freshClient: Figure = {
  name: "client",
  async run({ rounds }: Effort) {
    const script = await bundleScript("freshClient");
    await using bed = await makeBed();
    const { env, paths } = bed;
    const { sides, ratio } = await interleave(
      rounds * 3,
      () => programTime(process.execPath, [script, paths.root], { env }),
      () => emptyNode(env),
    );
    return [timesFloor("fresh client process, one upsert, against `node -e 0`", sides, ratio, 3)];
  },
};

/** Resolves once something listens on the Unix socket. */
async function untilListening(socket: string): Promise<void> {
  for (;;) {
    const probe = connect(socket);
    const up = await new Promise<boolean>((resolve) => {
      probe.once("connect", () => resolve(true));
      probe.once("error", () => resolve(false));
    });
    probe.destroy();
    if (up) return;
    await sleep(1);
  }
}

/** From the start of the process to the first answer of `health`, ms. */
async function startTime(dataDir: string): Promise<number> {
  const paths = dataPaths(dataDir);
  ensureDataDir(paths);
  const rpc = testClient(dataDir);
  const began = performance.now();
  const daemon = spawn(process.execPath, [DUOLOG, "serve", "--detached"], {
    env: cleanEnv(dataDir),
    stdio: "ignore",
  });
  await untilListening(paths.socket);
  const health = await rpc.health();
  const time = performance.now() - began;
  await rpc.close();
  daemon.kill("SIGTERM");
  await once(daemon, "exit");
  if (!health) throw new Error("no answer");
  return time;
}

/** A daemon's start, on a record that is there and on a directory that is empty. */
export const daemonStart: Figure = {
  name: "start",
  async run({ rounds }: Effort) {
    const kept = newDataDir();
    await (await TestDaemon.start(kept)).stop();
    const env = cleanEnv(kept);
    const again = await interleave(
      rounds,
      () => startTime(kept),
      () => emptyNode(env),
    );
    const first = await interleave(
      Math.ceil(rounds / 2),
      async () => {
        const empty = newDataDir();
        const time = await startTime(empty);
        rmSync(empty, { recursive: true });
        return time;
      },
      () => emptyNode(env),
    );
    rmSync(kept, { recursive: true });
    return [
      timesFloor("daemon start to first answer, against `node -e 0`", again.sides, again.ratio, 10),
      timesFloor("the same, making and migrating the file", first.sides, first.ratio, 10),
    ];
  },
};
