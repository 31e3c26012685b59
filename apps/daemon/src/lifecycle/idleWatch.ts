/**
 * Calls `onIdle` once `isBusy` was false at every look for `idleMs`. Returns what ends it.
 */
export function watchIdle(idleMs: number, isBusy: () => boolean, onIdle: () => void): () => void {
  let since = performance.now();
  const look = () => {
    if (isBusy()) since = performance.now();
    if (performance.now() - since >= idleMs) onIdle();
  };
  const timer = setInterval(look, Math.max(50, Math.min(10_000, idleMs / 4)));
  return () => clearInterval(timer);
}
