/** So many types of one process are told: a new OpenCode may differ in every event. */
const MOST = 50;

/**
 * Sees to it that types which are not known are told, each once, and not in the call that brings the
 * event. Never throws.
 * @param unknownIn the types in an event that are not known; must not throw
 * @param tell what is told is let go of where it throws
 */
export function createTypeWatch(
  unknownIn: (event: unknown) => string[],
  tell: (types: string[]) => void,
): (event: unknown) => void {
  const seen = new Set<string>();
  let waiting: string[] = [];

  function tellSoon(type: string): void {
    waiting.push(type);
    if (waiting.length > 1) return;
    setImmediate(() => {
      const types = waiting;
      waiting = [];
      try {
        tell(types);
      } catch {
        // OpenCode must not feel it, and there is nobody to tell.
      }
    });
  }

  return (event) => {
    for (const type of unknownIn(event)) {
      if (seen.has(type) || seen.size >= MOST) continue;
      seen.add(type);
      tellSoon(type);
    }
  };
}
