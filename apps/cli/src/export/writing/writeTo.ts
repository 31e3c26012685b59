import { once } from "node:events";
import type { Writable } from "node:stream";
import { chunksOf } from "./chunks.ts";

/** Writes to a stream, no faster than it takes; ends early where its reader goes first. */
export async function writeTo(stream: Writable, pieces: AsyncIterable<string>): Promise<void> {
  for await (const chunk of chunksOf(pieces)) {
    if (!stream.write(chunk) && !(await drained(stream))) return;
  }
}

/** False where it closes instead: why is told where its errors are. */
async function drained(stream: Writable): Promise<boolean> {
  const stop = new AbortController();
  const { signal } = stop;
  try {
    await Promise.race([once(stream, "drain", { signal }), once(stream, "close", { signal })]);
    return !stream.destroyed;
  } catch {
    return false;
  } finally {
    stop.abort();
  }
}
