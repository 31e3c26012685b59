import type { IngestRecord } from "@duolog/contract";
import type { Rejected, Translated } from "./translate/index.ts";

/** What a capture needs of the client. */
export interface Recorder {
  record(record: IngestRecord): void;
  reject(raw: unknown, reason: string): void;
  /** True once all was answered for; false after `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean>;
}

/** What an event adds to what the events before it told; pure. */
export type Translate<State> = (
  state: State,
  event: unknown,
  at: number,
) => readonly [State, readonly (Translated | Rejected)[]];

/** Events on their way to the record. Nothing here throws, rejects or prints. */
export interface Capture {
  /** Records what an event tells, or puts it aside, before it returns. */
  take(event: unknown): void;
  /** Events may have passed unheard: what those before told is no ground any more. */
  restart(): void;
  /** Delivers what was taken, and what is taken meanwhile; true where it was all within `limitMs`. */
  settle(limitMs: number): Promise<boolean>;
}

/** How the events of a version of OpenCode are understood. */
export interface Language<State> {
  translate: Translate<State>;
  initialState: State;
  /** Sees each event; must not throw. */
  watch?: (event: unknown) => void;
}

/** How long OpenCode's end or reload is held up, ms. What is left then is in the spool. */
export const SETTLE_MS = 1_500;
/** Most events kept as rejected by one process: a new OpenCode may differ in every event. */
export const MAX_REJECTED = 200;
/** Largest rejected event kept whole, UTF-16 units of JSON. */
const MAX_RAW = 1_000_000;

/**
 * One OpenCode's events, of either version. `recorder` is asked for the client at the first event
 * that needs it. Events are translated in the very call that brings them, because OpenCode 1 changes
 * them afterwards.
 */
export function createCapture<State>(
  recorder: () => Recorder,
  { translate, initialState, watch }: Language<State>,
  now: () => number = Date.now,
): Capture {
  let state = initialState;
  let recorded = 0;
  let rejected = 0;

  function reject(event: unknown, reason: string): void {
    if (rejected++ < MAX_REJECTED) recorder().reject(snapshot(event), reason);
  }

  function record(event: unknown): void {
    watch?.(event);
    const [next, results] = translate(state, event, now());
    state = next;
    for (const result of results) {
      if (result.kind === "rejected") {
        reject(event, result.reason);
      } else {
        recorded++;
        recorder().record(result);
      }
    }
  }

  return {
    take(event) {
      quietly(() => {
        try {
          record(event);
        } catch (error) {
          reject(event, `event: ${error instanceof Error ? error.message : "threw"}`);
        }
      });
    },
    restart() {
      state = initialState;
    },
    async settle(limitMs) {
      const end = performance.now() + limitMs;
      let before = 0;
      let isAll = true;
      while (before < recorded && performance.now() < end) {
        before = recorded;
        isAll = await flushed(recorder, end - performance.now());
      }
      return isAll && before === recorded;
    },
  };
}

/** Waits for the flush, at most so long, and for the events that OpenCode still has under way. */
async function flushed(recorder: () => Recorder, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    const isAll = await Promise.race([recorder().flush(timeoutMs), late]);
    await new Promise((resolve) => setImmediate(resolve));
    return isAll;
  } catch {
    // What was not flushed is in the spool, and OpenCode must end whatever happens here.
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** The boundary: nothing that goes wrong here may reach OpenCode. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // There is nowhere left to tell it: the client, which would, is what failed.
  }
}

/** The event as it is now: OpenCode may change it later. */
function snapshot(event: unknown): unknown {
  try {
    const json = JSON.stringify(event) ?? "null";
    return json.length > MAX_RAW ? json.slice(0, MAX_RAW) : JSON.parse(json);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : "threw"}`;
  }
}
