import { RpcError, type RpcReader } from "@duolog/client";
import { ensureDaemon } from "./ensureDaemon.ts";
import { Failure } from "./failure.ts";
import type { Place } from "./place.ts";
import { commandClient } from "./rpc.ts";

/** Reads through the daemon, which is started where there is none. Throws Failure. */
export async function readThroughDaemon<T>(
  place: Place,
  env: NodeJS.ProcessEnv,
  read: (reader: RpcReader) => Promise<T>,
): Promise<T> {
  await ensureDaemon(place, env);
  const rpc = commandClient(place, 30_000);
  try {
    return await read(rpc.reader);
  } catch (error) {
    if (error instanceof RpcError) throw new Failure(error.message, { cause: error });
    throw error;
  } finally {
    await rpc.close();
  }
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
