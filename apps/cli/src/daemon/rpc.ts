import { existsSync } from "node:fs";
import { createRpcClient, type RpcClient } from "@duolog/client";
import { readRuntime } from "@duolog/client/local";
import type { Health } from "@duolog/contract/server";
import type { Place } from "../place.ts";

/** A client for one command: it starts nothing and keeps nothing. */
export function commandClient({ paths, version }: Place, deadlineMs = 5_000): RpcClient {
  return createRpcClient({
    clientName: "duolog",
    clientVersion: version,
    dataDir: paths.root,
    spool: false,
    autostart: false,
    deadlineMs,
  });
}

/** The running daemon about itself; null where none answers. */
export async function probe(place: Place, deadlineMs = 1_500): Promise<Health | null> {
  // No daemon was ever here: spares loading the client.
  if (readRuntime(place.paths) === null && !existsSync(place.paths.socket)) return null;
  const rpc = commandClient(place, deadlineMs);
  try {
    return await rpc.health();
  } finally {
    await rpc.close();
  }
}
