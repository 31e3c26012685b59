/** A Stop or SubagentStop hook's note. */
export interface Stop {
  /** When the hook ran, epoch ms. */
  readonly at: number;
  /** The id of the turn that stopped. */
  readonly promptId: string | null;
  /** What the agent said last; while it waits, the end of that. */
  readonly lastText: string | null;
}

/** An assistant message whose lines tell no time. */
export interface Timeless {
  readonly id: string;
  readonly sessionId: string;
  readonly promptId: string | null;
  /** End of its text. */
  readonly tail: string;
}

/** How many stops wait for their messages: lines come up to 150 ms after the hook. */
const MAX_WAITING = 8;
/** Compared of a text, UTF-16 units from its end. */
const TAIL = 64;

/** The end of a text, by which a stop and its message find each other; an end's end is itself. */
export function tailOf(text: string | null): string {
  return (text ?? "").trim().slice(-TAIL).trimStart();
}

/**
 * Which timeless messages a stop tells the time of (M6), and whether it may still be waited for.
 * A turn is known by its id, else by its last text; a stop that tells neither is for all so far.
 */
function match(stop: Stop, waiting: readonly Timeless[]): { found: Timeless[]; keep: boolean } {
  const known = waiting.filter(({ promptId }) => promptId !== null);
  if (stop.promptId !== null && known.length > 0) {
    return { found: known.filter(({ promptId }) => promptId === stop.promptId), keep: true };
  }
  const tail = tailOf(stop.lastText);
  const last = tail === "" ? waiting.length - 1 : waiting.findIndex((one) => one.tail === tail);
  const found = waiting.slice(0, last + 1);
  return { found, keep: found.length === 0 };
}

/** Brings stops and the messages that wait for one together; plain lists, so that a cursor holds them. */
export class Stops {
  #stops: Stop[];
  readonly #timeless: Map<string, Timeless>;

  constructor(stops: readonly Stop[], timeless: readonly Timeless[]) {
    this.#stops = [...stops];
    this.#timeless = new Map(timeless.map((one) => [one.id, one]));
  }

  /** The stops that wait for their messages. */
  get stops(): readonly Stop[] {
    return this.#stops;
  }

  /** The messages that wait for a stop. */
  get timeless(): readonly Timeless[] {
    return [...this.#timeless.values()];
  }

  /** Lets a message wait for a stop, in place of what was told of it before. */
  wait(message: Timeless): void {
    this.#timeless.set(message.id, message);
  }

  /** Ends a message's wait: it has a time. */
  forget(id: string): void {
    this.#timeless.delete(id);
  }

  /** Lets a stop wait; the oldest beyond MAX_WAITING is forgotten. */
  stop(stop: Stop): void {
    const waiting = { ...stop, lastText: tailOf(stop.lastText) };
    this.#stops = [...this.#stops, waiting].slice(-MAX_WAITING);
  }

  /** The messages whose time is known now, each with that time. */
  take(): { message: Timeless; at: number }[] {
    const taken: { message: Timeless; at: number }[] = [];
    this.#stops = this.#stops.filter((stop) => {
      const { found, keep } = match(stop, this.timeless);
      for (const message of found) {
        this.forget(message.id);
        taken.push({ message, at: stop.at });
      }
      return keep;
    });
    return taken;
  }
}
