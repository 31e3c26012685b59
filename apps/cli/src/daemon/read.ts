import { type RpcClient, RpcError, type RpcReader } from "@duolog/client";
import { Failure } from "../failure.ts";
import type { Place } from "../place.ts";
import { ensureDaemon } from "./ensureDaemon.ts";
import { commandClient } from "./rpc.ts";

/** Reads take less, ms. */
const READ_MS = 30_000;

/** Calls the daemon, which is started where there is none. Throws Failure. */
export async function throughDaemon<T>(
  place: Place,
  env: NodeJS.ProcessEnv,
  deadlineMs: number,
  call: (rpc: RpcClient) => Promise<T>,
): Promise<T> {
  await ensureDaemon(place, env);
  const rpc = commandClient(place, deadlineMs);
  try {
    return await call(rpc);
  } catch (error) {
    if (error instanceof RpcError) throw new Failure(error.message, { cause: error });
    throw error;
  } finally {
    await rpc.close();
  }
}

/** Reads through the daemon. Throws Failure. */
export function readThroughDaemon<T>(
  place: Place,
  env: NodeJS.ProcessEnv,
  read: (reader: RpcReader) => Promise<T>,
): Promise<T> {
  return throughDaemon(place, env, READ_MS, ({ reader }) => read(reader));
}

/** All items of a paged query, at most `limit`. */
export async function readPages<T>(
  limit: number,
  read: (limit: number, cursor?: string) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  while (items.length < limit) {
    const page = await read(Math.min(1_000, limit - items.length), cursor);
    items.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return items;
}
