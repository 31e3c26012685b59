import { createCapture } from "./capture.ts";
import { closeClient, openClient, tellOfStores } from "./client.ts";
import { createSetup } from "./host2/setup.ts";
import { initialState2, translate2 } from "./translate/index.ts";

/**
 * OpenCode 2's entry, the only export: what its `Plugin.define` would return, so nothing of
 * OpenCode's is imported. `setup` is called once per location and again at each reload.
 */
export default {
  id: "duolog",
  setup: createSetup(createCapture(openClient, translate2, initialState2), {
    begin: tellOfStores,
    end: closeClient,
  }),
};
