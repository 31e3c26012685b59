import { createRpcClient, type RpcClient } from "@duolog/client";
import { dataPaths, noteUnknownTypes, resolveDataDir } from "@duolog/client/local";
import { CLIENT_NAMES, Source } from "@duolog/contract";
import { noteStores } from "./places/notedStores.ts";
import { VERSION } from "./version.ts";

let client: RpcClient | undefined;
/** A look at all was asked for when there was no client. */
let isLookOwed = false;

/** This process's own client, made at the first call. */
export function openClient(): RpcClient {
  if (!client) {
    client = createRpcClient({ clientName: CLIENT_NAMES.opencode, clientVersion: VERSION });
    // The first record makes the data directory where there was none at the start.
    tellOfStores();
    if (isLookOwed) client.lookAgain(null);
    isLookOwed = false;
  }
  return client;
}

/** Asks for a look at what OpenCode's store tells of these sessions, or of all: that alone makes no client. */
export function askToLook(sessions: readonly string[] | null): void {
  if (sessions !== null) openClient().lookAgain([...sessions]);
  else if (client) client.lookAgain(null);
  else isLookOwed = true;
}

/** Lets go of the client, of which nothing must be waiting: the next call of openClient makes another. */
export function closeClient(): void {
  void client?.close();
  client = undefined;
}

/** Notes soon where this OpenCode keeps its sessions. */
export function tellOfStores(): void {
  setImmediate(() => {
    try {
      noteStores(dataPaths(resolveDataDir()), process.env);
    } catch {
      // Without a home directory there is nowhere to tell it.
    }
  });
}

/** Notes types of events that are not known. Throws like fs. */
export function tellOfTypes(types: readonly string[]): void {
  noteUnknownTypes(dataPaths(resolveDataDir()), Source.opencode, types);
}
