import { createRpcClient } from "@duolog/client";
import { CLIENT_NAMES } from "@duolog/contract";
import { createHooks, type Hooks, type Recorder } from "./hooks.ts";
import { VERSION } from "./version.ts";

let client: Recorder | undefined;
let hooks: Hooks | undefined;

function openClient(): Recorder {
  client ??= createRpcClient({ clientName: CLIENT_NAMES.opencode, clientVersion: VERSION });
  return client;
}

/**
 * OpenCode's entry, the only export. OpenCode calls it once per directory instance, so the hooks
 * and the client are the process's own. It waits for nothing: OpenCode's start would wait with it.
 */
export default async function duolog(): Promise<Hooks> {
  hooks ??= createHooks(openClient);
  return hooks;
}
