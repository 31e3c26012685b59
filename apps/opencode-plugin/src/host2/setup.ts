import { type Capture, SETTLE_MS } from "../capture.ts";
import { eventsOf } from "./hear.ts";
import { Listener } from "./Listener.ts";
import { type Seats, seatsOf } from "./seats.ts";

/** What goes with the first and the last instance of this module in a process; may be called again. */
export interface Life {
  begin(): void;
  /** All that was taken has been delivered. */
  end(): void;
  /** Events may have passed unheard until now: they are in OpenCode's store alone. */
  missed?(): void;
}

/** Ends an instance; OpenCode waits for it without a limit of its own. */
type Cleanup = () => Promise<void>;

/**
 * What OpenCode 2 calls with its `ctx` for each location, at each reload anew, and waits for. The
 * function given back ends within SETTLE_MS. Where there are no events (the preview of version 2
 * that version 1 has carried since 1.18.10), it does nothing. Neither throws, rejects or prints.
 */
export function createSetup(
  capture: Capture,
  life: Life,
  seats: () => Seats = seatsOf,
): (context: unknown) => Cleanup | undefined {
  const alive = new Set<Listener>();

  async function cleanup(listener: Listener): Promise<void> {
    const end = performance.now() + SETTLE_MS;
    if (!alive.delete(listener)) return;
    await listener.leave();
    // While another instance of this module is there, its client delivers what is spooled.
    if (alive.size > 0) return;
    const isAll = await capture.settle(end - performance.now());
    if (isAll && alive.size === 0) life.end();
  }

  return (context) => {
    try {
      const events = eventsOf(context);
      if (events === null) return undefined;
      const missed = () => life.missed?.();
      const listener = new Listener(seats(), events, { take: capture.take, missed });
      if (alive.size === 0) life.begin();
      alive.add(listener);
      return () => cleanup(listener).catch(() => {});
    } catch {
      // An OpenCode of another shape must not feel it; `status` tells that nothing comes.
      return undefined;
    }
  };
}
