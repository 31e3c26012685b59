import { readFileSync } from "node:fs";
import { errno } from "../files/errno.ts";

/** True while a process of this id runs, whosever it is. A zombie does not. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errno(error) !== "EPERM") return false;
  }
  return readStat(pid)?.zombie !== true;
}

/**
 * When a process started, to tell it from a later one of the same id: clock ticks since boot on
 * Linux (`starttime` of proc_pid_stat(5)), which no change of the clock moves; null elsewhere.
 */
export function startTicks(pid: number): number | null {
  return readStat(pid)?.start ?? null;
}

/** True while the process of this id is the one that noted `start`; an unknown start is believed. */
export function isSameProcess(pid: number, start: number | null): boolean {
  if (!isAlive(pid)) return false;
  const now = startTicks(pid);
  return now === null || start === null || now === start;
}

function readStat(pid: number): { zombie: boolean; start: number } | null {
  if (process.platform !== "linux") return null;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name, in parentheses, may hold anything; fields count from 3 after it.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { zombie: fields[0] === "Z" || fields[0] === "X", start: Number(fields[19]) };
  } catch {
    return null;
  }
}
