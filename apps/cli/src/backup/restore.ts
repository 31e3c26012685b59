import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import {
  ensureDataDir,
  makeScratch,
  pidLockHolder,
  runtimeOf,
  startDaemon,
  writeRuntime,
} from "@duolog/client/local";
import { prepareRestore, type Replaced, swapIn, takeDaemonLock } from "@duolog/daemon/restore";
import { probe } from "../daemon/rpc.ts";
import { stopDaemon } from "../daemon/stopDaemon.ts";
import { Failure } from "../failure.ts";
import { type Output, show } from "../output/output.ts";
import { count } from "../output/text.ts";
import type { Place } from "../place.ts";

/** How long daemons that others start may be in the way, ms. */
const PATIENCE_MS = 20_000;
const POLL_MS = 25;

/** What `restore --json` tells. */
interface Restored extends Replaced {
  file: string;
  sessions: number;
  messages: number;
}

/**
 * Puts a backup in the record's place. What agents send meanwhile waits until the next daemon, which
 * is started where one ran. Throws Failure, and StorageRefusal where the file is no sound record or
 * what is there can't be backed up; then nothing has changed.
 */
export async function restore(
  place: Place,
  env: NodeJS.ProcessEnv,
  from: string,
  output: Output,
): Promise<void> {
  const { paths, migrations } = place;
  ensureDataDir(paths);
  const file = resolve(from);
  const scratch = makeScratch(paths.root);
  try {
    const { copy, totals } = prepareRestore({
      file,
      database: paths.database,
      scratch,
      migrations,
    });
    const hasRun = await takeLock(place);
    const replaced = swapIn({ ...paths, copy, now: new Date() });
    if (hasRun) startNext(place, env);
    const { sessions, messages } = totals;
    show(output, { file, sessions, messages, ...replaced }, restoredText);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Holds the daemon's lock until this process ends; true where a daemon ran. */
async function takeLock(place: Place): Promise<boolean> {
  const { paths } = place;
  let hasRun = false;
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; ) {
    if (takeDaemonLock(paths.lock)) return hasRun;
    const pid = (await probe(place))?.pid ?? pidLockHolder(paths.pid);
    if (pid === null) await setTimeout(POLL_MS);
    else {
      hasRun = true;
      await stopDaemon(pid);
    }
  }
  throw new Failure(`another process holds ${paths.lock}; nothing was changed`);
}

/** It waits for this process's lock, which goes with the process. */
function startNext({ paths, entry, version }: Place, env: NodeJS.ProcessEnv): void {
  writeRuntime(paths, runtimeOf(paths, entry, version));
  startDaemon(paths, env);
}

function restoredText({ file, sessions, messages, backup, aside }: Restored): string {
  const lines = [`${count(sessions, "session")}, ${count(messages, "message")} from ${file}`];
  if (backup) lines.push(`what was there before is in ${backup}`);
  if (aside) lines.push(`what was there was damaged; what can be read of it is added: ${aside}`);
  lines.push("what the agents' own stores still hold and this lacks, `duolog import` adds");
  return `${lines.join("\n")}\n`;
}
