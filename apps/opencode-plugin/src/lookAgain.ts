/** After these OpenCode 2's store holds what no event told: a fork's copies, what went unheard. */
const TELLING = new Set([
  "session.execution.succeeded",
  "session.execution.failed",
  "session.execution.interrupted",
  "session.forked",
  "session.revert.staged",
  "session.revert.cleared",
  "session.revert.committed",
]);
/** Most sessions remembered as heard of. */
const MAX_HEARD = 1_024;

/**
 * Listens to OpenCode 2's events for sessions that its store knows better, and asks for a look at each:
 * at the end of an execution, a fork, a revert, and when one is first heard of that began before.
 * Throws as `ask` does.
 */
export function createLookout(ask: (sessions: string[]) => void): (event: unknown) => void {
  const heard = new Set<string>();

  function isNew(id: string): boolean {
    if (heard.has(id)) return false;
    const [oldest] = heard;
    if (heard.size >= MAX_HEARD && oldest !== undefined) heard.delete(oldest);
    heard.add(id);
    return true;
  }

  return (event) => {
    const { type, data } = (event ?? {}) as { type?: unknown; data?: { sessionID?: unknown } };
    const id = data?.sessionID;
    if (typeof type !== "string" || typeof id !== "string" || id === "") return;
    const isFirst = isNew(id) && type !== "session.created";
    if (isFirst || TELLING.has(type)) ask([id]);
  };
}
