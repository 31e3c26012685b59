import type { IngestRecord } from "@duolog/contract";
import { initialState, translate } from "./translate/index.ts";

/** What the hooks need of the client. */
export interface Recorder {
  record(record: IngestRecord): void;
  reject(raw: unknown, reason: string): void;
  /** True once all was answered for; false after `timeoutMs`. */
  flush(timeoutMs: number): Promise<boolean>;
}

/** The hooks of OpenCode that the plugin takes part in. */
export interface Hooks {
  /** Called with each event of OpenCode's bus. */
  event(input: { event: unknown }): Promise<void>;
  /** Called when OpenCode ends; resolves within DISPOSE_MS or little more. */
  dispose(): Promise<void>;
}

/** Longest that `dispose` holds OpenCode's exit up, ms. What is left then is in the spool. */
export const DISPOSE_MS = 1_500;
/** Most events kept as rejected by one process: a new OpenCode may differ in every event. */
export const MAX_REJECTED = 200;
/** Largest rejected event kept whole, UTF-16 units of JSON. */
const MAX_RAW = 1_000_000;

/**
 * The plugin's hooks. They never throw, reject, print or wait for the daemon; `recorder` is asked
 * for the client at the first event that needs it. Events are translated in the very call that
 * brings them, because OpenCode changes them afterwards.
 */
export function createHooks(recorder: () => Recorder, now: () => number = Date.now): Hooks {
  let state = initialState;
  let recorded = 0;
  let rejected = 0;

  function reject(event: unknown, reason: string): void {
    if (rejected++ < MAX_REJECTED) recorder().reject(snapshot(event), reason);
  }

  function take(event: unknown): void {
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
    event(input) {
      quietly(() => {
        try {
          take(input.event);
        } catch (error) {
          reject(input?.event, `event: ${error instanceof Error ? error.message : "threw"}`);
        }
      });
      return Promise.resolve();
    },
    async dispose() {
      const end = performance.now() + DISPOSE_MS;
      let before = 0;
      while (before < recorded && performance.now() < end) {
        before = recorded;
        await flushed(recorder, end - performance.now());
      }
    },
  };
}

/** Waits for the flush, at most so long, and for the events that OpenCode still has under way. */
async function flushed(recorder: () => Recorder, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  try {
    await Promise.race([recorder().flush(timeoutMs), late]);
    await new Promise((resolve) => setImmediate(resolve));
  } catch {
    // What was not flushed is in the spool, and OpenCode must end whatever happens here.
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
