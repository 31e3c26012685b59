import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";

const MAX_BYTES = 256 * 1024;

/** Notes an event. */
export type Log = (event: string, detail?: Record<string, unknown>) => void;

/** Appends a line to the forwarder's log, which never grows past twice 256 KB. Holds no message's text. */
export function logTo(file: string, event: string, detail: Record<string, unknown> = {}): void {
  const line = { time: new Date().toISOString(), pid: process.pid, event, ...detail };
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > MAX_BYTES) renameSync(file, `${file}.1`);
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  } catch {
    // Nobody to tell: the forwarder has no screen.
  }
}
