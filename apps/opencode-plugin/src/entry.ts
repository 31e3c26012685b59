import { createRpcClient } from "@duolog/client";
import { dataPaths, resolveDataDir } from "@duolog/client/local";
import { CLIENT_NAMES } from "@duolog/contract";
import { createHooks, type Hooks, type Recorder } from "./hooks.ts";
import { noteStores } from "./places/notedStores.ts";
import { VERSION } from "./version.ts";

let client: Recorder | undefined;
let hooks: Hooks | undefined;

function openClient(): Recorder {
  if (!client) {
    client = createRpcClient({ clientName: CLIENT_NAMES.opencode, clientVersion: VERSION });
    // The first record makes the data directory where there was none at the start.
    setImmediate(tellOfStores);
  }
  return client;
}

function tellOfStores(): void {
  try {
    noteStores(dataPaths(resolveDataDir()), process.env);
  } catch {
    // Without a home directory there is nowhere to tell it.
  }
}

/**
 * OpenCode's entry, the only export. OpenCode calls it once per directory instance, so the hooks
 * and the client are the process's own. It waits for nothing: OpenCode's start would wait with it.
 */
export default async function duolog(): Promise<Hooks> {
  if (!hooks) {
    hooks = createHooks(openClient);
    setImmediate(tellOfStores);
  }
  return hooks;
}
