import { readdirSync, readFileSync } from "node:fs";

/** Resident memory of a process, bytes (Linux). */
export function residentBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (!match) throw new Error(`no VmRSS of process ${pid}`);
  return Number(match[1]) * 1_024;
}

/** The most memory that a process ever had resident, bytes (Linux); null where it has ended. */
export function peakBytes(pid: number): number | null {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(status);
  return match ? Number(match[1]) * 1_024 : null;
}

/** Time that all living threads of a process have spent on a processor, ms (Linux). */
export function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) => {
    const text = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8");
    return Number(text.split(" ")[0]);
  });
  return nanoseconds.reduce((sum, time) => sum + time, 0) / 1e6;
}

/** The id of a process that was spawned. */
export function pidOf({ pid }: { pid?: number | undefined }): number {
  if (pid === undefined) throw new Error("not started");
  return pid;
}
