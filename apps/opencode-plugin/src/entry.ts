import { createCapture } from "./capture.ts";
import { openClient, tellOfStores, tellOfTypes } from "./client.ts";
import { createHooks, type Hooks } from "./hooks.ts";
import { initialState, translate, unknownTypes } from "./translate/index.ts";
import { createTypeWatch } from "./typeWatch.ts";

let hooks: Hooks | undefined;

/**
 * OpenCode 1's entry, the only export. It is called once per directory instance, so the hooks and
 * the client are the process's own. It waits for nothing: OpenCode's start would wait with it.
 */
export default async function duolog(): Promise<Hooks> {
  if (!hooks) {
    const watch = createTypeWatch(unknownTypes, tellOfTypes);
    hooks = createHooks(createCapture(openClient, { translate, initialState, watch }));
    tellOfStores();
  }
  return hooks;
}
