import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";

const MAX_BYTES = 256 * 1024;
const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
/** A FIFO is not waited for, and a symlink not followed. */
const APPEND = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

/** Notes an event. */
export type Log = (event: string, detail?: Record<string, unknown>) => void;

/** Appends a line to the forwarder's log, which never grows past twice 256 KB. Holds no message's text. */
export function logTo(file: string, event: string, detail: Record<string, unknown> = {}): void {
  const line = { time: new Date().toISOString(), pid: process.pid, event, ...detail };
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > MAX_BYTES) renameSync(file, `${file}.1`);
    append(file, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody to tell: the forwarder has no screen.
  }
}

function append(file: string, text: string): void {
  const fd = openSync(file, APPEND, 0o600);
  try {
    writeFileSync(fd, text);
  } finally {
    closeSync(fd);
  }
}
