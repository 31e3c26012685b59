/**
 * One instance of the plugin in a process that has several: OpenCode 2 sets it up once per location,
 * each is told the events of all, and a reload may import this module anew beside the old one.
 */
export interface Seat {
  /**
   * Has this instance listen from now on. Where another did until now, it takes what it hears once
   * `after` has come, so that nothing is missed or out of order; null where nobody did.
   */
  listen(after: Promise<unknown> | null): void;
}

/**
 * What all instances of a process share. Modules of other versions use it too: a change of its shape
 * or meaning is another PROTOCOL.
 */
export interface Seats {
  /** Those that are set up, the last one at the end. */
  readonly alive: Seat[];
  /** The one that listens. */
  listener: Seat | null;
  /** Ids of the events taken last, the oldest first. */
  readonly taken: Set<string>;
  /** Streams that ended one after the other without an event. */
  failures: number;
}

/**
 * Modules of another protocol have seats of their own: each records everything, and what is told
 * twice is one row.
 */
const PROTOCOL = 1;
export const KEY = Symbol.for("duolog.opencode");
/** Most ids remembered: more than can come while one instance takes over from another. */
export const MAX_TAKEN = 4_096;

/** Where a process keeps what all its modules share. */
export type Scope = { [KEY]?: Record<number, Seats> };

/** The seats of this process, as a module of this protocol finds or makes them. */
export function seatsOf(scope: Scope = globalThis as typeof globalThis & Scope): Seats {
  scope[KEY] ??= {};
  scope[KEY][PROTOCOL] ??= { alive: [], listener: null, taken: new Set(), failures: 0 };
  return scope[KEY][PROTOCOL];
}

/** One more is set up; it listens where nobody does. */
export function join(seats: Seats, seat: Seat): void {
  seats.alive.push(seat);
  if (seats.listener === null) call(seats, seat, null);
}

/**
 * One is cleaned up. Where it listened, the one that was set up last listens from now on.
 * @param after when all was taken that this one had heard
 */
export function leave(seats: Seats, seat: Seat, after: Promise<unknown>): void {
  const place = seats.alive.indexOf(seat);
  if (place >= 0) seats.alive.splice(place, 1);
  if (seats.listener === seat) call(seats, seats.alive.at(-1) ?? null, after);
}

/** The stream of the one that listened is over: the one set up before it tries, around the circle. */
export function pass(seats: Seats, seat: Seat): void {
  if (seats.listener !== seat) return;
  const next = seats.alive.at(seats.alive.indexOf(seat) - 1) ?? null;
  call(seats, next, null);
}

/** True the first time that an event is told, as far as is remembered. Without an id: each time. */
export function isNew(seats: Seats, event: unknown): boolean {
  const id = idOf(event);
  if (id === null) return true;
  if (seats.taken.has(id)) return false;
  seats.taken.add(id);
  for (const oldest of seats.taken) {
    if (seats.taken.size <= MAX_TAKEN) break;
    seats.taken.delete(oldest);
  }
  return true;
}

function call(seats: Seats, seat: Seat | null, after: Promise<unknown> | null): void {
  seats.listener = seat;
  seat?.listen(after);
}

function idOf(event: unknown): string | null {
  if (typeof event !== "object" || event === null || !("id" in event)) return null;
  return typeof event.id === "string" ? event.id : null;
}
