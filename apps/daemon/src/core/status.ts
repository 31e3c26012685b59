/** What a tool call is while nobody told its end. */
const RUNNING = "running";

/** A tool call's status, and whether it follows from its session's going on (M8). */
interface Stated {
  status?: unknown;
  statusInferred?: unknown;
}

/** What was told of a tool call: of one that is taken to be interrupted, that it was running. */
export function toldStatus({ status, statusInferred }: Stated): string | null {
  if (statusInferred === true) return RUNNING;
  return typeof status === "string" && status !== "" ? status : null;
}

/** Below 0 where `a` is the weaker one: `running` gives way to whatever an agent tells (M4). */
export function compareStatuses(a: string, b: string): number {
  return Number(a !== RUNNING) - Number(b !== RUNNING);
}
