/**
 * All that comes, until time is up. Rejects as it does, and with the signal's reason once that is
 * aborted.
 */
export async function collect<T>(
  items: AsyncIterable<T>,
  patienceMs: number,
  signal?: AbortSignal,
): Promise<{ items: T[]; isCut: boolean }> {
  const deadline = performance.now() + patienceMs;
  const collected: T[] = [];
  for await (const item of items) {
    signal?.throwIfAborted();
    collected.push(item);
    if (performance.now() > deadline) return { items: collected, isCut: true };
  }
  return { items: collected, isCut: false };
}
