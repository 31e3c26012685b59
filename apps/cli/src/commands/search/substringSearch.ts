import { fork } from "node:child_process";
import { on, once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Found, Hit } from "@duolog/contract/server";
import type { SubstringQuery } from "@duolog/daemon/substring";
import { Failure } from "../../failure.ts";
import type { Place } from "../../place.ts";
import type { SubstringTask, SubstringTold } from "./substringChild.ts";

/** All chunks of the bundle lie beside it (build.mjs). */
const CHILD = fileURLToPath(new URL("./substringChild.js", import.meta.url));

/**
 * Looks for a substring in all texts, in a process of its own, which is killed after `timeMs`: then what
 * it has found by then is told as not complete. Throws Failure where the record can't be read.
 */
export async function substringSearch(
  { paths }: Place,
  query: SubstringQuery,
  timeMs: number,
): Promise<Found> {
  const hits: Hit[] = [];
  if (!existsSync(paths.database)) return { hits, complete: true, behind: 0, nextCursor: null };
  const timeUp = AbortSignal.timeout(timeMs);
  const child = fork(CHILD, { serialization: "advanced", env: {} });
  const gone = new AbortController();
  child.once("exit", () => gone.abort());
  try {
    const signal = AbortSignal.any([timeUp, gone.signal]);
    const messages = on(child, "message", { signal }) as AsyncIterable<[SubstringTold]>;
    const task: SubstringTask = { database: paths.database, query };
    child.send(task);
    const isWhole = await take(messages, hits);
    return { hits, complete: isWhole, behind: 0, nextCursor: null };
  } catch (error) {
    if (!timeUp.aborted) throw asTold(error);
    return { hits, complete: false, behind: 0, nextCursor: null };
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

async function take(messages: AsyncIterable<[SubstringTold]>, hits: Hit[]): Promise<boolean> {
  for await (const [told] of messages) {
    if ("error" in told) throw new Failure(`the record can't be read: ${told.error}`);
    if ("end" in told) return true;
    hits.push(told.hit);
  }
  return false;
}

function asTold(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure("the process of the search was killed", { cause: error });
}
