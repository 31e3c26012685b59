import { createCapture } from "./capture.ts";
import { closeClient, openClient, tellOfStores, tellOfTypes } from "./client.ts";
import { createSetup } from "./host2/setup.ts";
import { initialState2, isKnownType2, translate2 } from "./translate/index.ts";
import { createTypeWatch } from "./typeWatch.ts";

const LANGUAGE = {
  translate: translate2,
  initialState: initialState2,
  watch: createTypeWatch(isKnownType2, tellOfTypes),
};

/**
 * OpenCode 2's entry, the only export: what its `Plugin.define` would return, so nothing of
 * OpenCode's is imported. `setup` is called once per location and again at each reload.
 */
export default {
  id: "duolog",
  setup: createSetup(createCapture(openClient, LANGUAGE), {
    begin: tellOfStores,
    end: closeClient,
  }),
};
