import { type Capture, createCapture } from "./capture.ts";
import { askToLook, closeClient, openClient, tellOfStores, tellOfTypes } from "./client.ts";
import { createSetup } from "./host2/setup.ts";
import { createLookout } from "./lookAgain.ts";
import { initialState2, translate2, unknownTypes2 } from "./translate/index.ts";
import { createTypeWatch } from "./typeWatch.ts";

const capture = createCapture(openClient, {
  translate: translate2,
  initialState: initialState2,
  watch: createTypeWatch(unknownTypes2, tellOfTypes),
});
const lookout = createLookout(askToLook);

/** What no event tells is looked for in OpenCode's store, once what the event tells is taken. */
const looking: Capture = {
  ...capture,
  take(event) {
    capture.take(event);
    try {
      lookout(event);
    } catch {
      // OpenCode must not feel it; the daemon looks by itself at its next start.
    }
  },
};

/**
 * OpenCode 2's entry, the only export: what its `Plugin.define` would return, so nothing of
 * OpenCode's is imported. `setup` is called once per location and again at each reload.
 */
export default {
  id: "duolog",
  setup: createSetup(looking, {
    begin: tellOfStores,
    end: closeClient,
    missed() {
      capture.restart();
      askToLook(null);
    },
  }),
};
