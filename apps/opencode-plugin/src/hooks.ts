import { type Capture, SETTLE_MS } from "./capture.ts";

/** The hooks of OpenCode 1 that the plugin takes part in. Nothing in them throws, rejects or prints. */
export interface Hooks {
  /** Called with each event of OpenCode's bus. */
  event(input: { event: unknown }): Promise<void>;
  /** Called when OpenCode ends; resolves within SETTLE_MS or little more. */
  dispose(): Promise<void>;
}

/** What version 1 calls, on the way to the record. */
export function createHooks(capture: Capture): Hooks {
  return {
    event(input) {
      // A call without its argument is an event that is none.
      capture.take(input?.event);
      return Promise.resolve();
    },
    async dispose() {
      await capture.settle(SETTLE_MS);
    },
  };
}
