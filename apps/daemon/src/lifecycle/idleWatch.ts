/**
 * Calls `onIdle` once `isBusy` was false at every look for `idleMs`. Returns what ends it.
 */
export function watchIdle(idleMs: number, isBusy: () => boolean, onIdle: () => void): () => void {
  let since = Date.now();
  const look = () => {
    if (isBusy()) since = Date.now();
    if (Date.now() - since >= idleMs) onIdle();
  };
  const timer = setInterval(look, Math.max(50, Math.min(10_000, idleMs / 4)));
  return () => clearInterval(timer);
}
