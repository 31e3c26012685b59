import { createCapture } from "./capture.ts";
import { openClient, tellOfStores } from "./client.ts";
import { createHooks, type Hooks } from "./hooks.ts";
import { initialState, translate } from "./translate/index.ts";

let hooks: Hooks | undefined;

/**
 * OpenCode 1's entry, the only export. It is called once per directory instance, so the hooks and
 * the client are the process's own. It waits for nothing: OpenCode's start would wait with it.
 */
export default async function duolog(): Promise<Hooks> {
  if (!hooks) {
    hooks = createHooks(createCapture(openClient, translate, initialState));
    tellOfStores();
  }
  return hooks;
}
