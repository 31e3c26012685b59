import { type Capture, SETTLE_MS } from "./capture.ts";

/** The hooks of OpenCode 1 that the plugin takes part in. Nothing in them throws, rejects or prints. */
export interface Hooks {
  /** Called with each event of OpenCode's bus. */
  event(input: { event: unknown }): Promise<void>;
  /** Called once with the configuration, which it may change. */
  config(config: unknown): Promise<void>;
  /** Called when OpenCode ends; resolves within SETTLE_MS or little more. */
  dispose(): Promise<void>;
}

/** What version 1 calls, on the way to the record. `declare` must not throw. */
export function createHooks(capture: Capture, declare: (config: unknown) => void): Hooks {
  return {
    config(config) {
      declare(config);
      return Promise.resolve();
    },
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
