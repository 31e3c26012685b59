import { fork } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";
import { Failure } from "../failure.ts";
import type { Question, Told } from "./queryChild.ts";

/** All chunks of the bundle lie beside it (build.mjs). */
const CHILD = fileURLToPath(new URL("./queryChild.js", import.meta.url));

/**
 * Asks a process of its own, which is killed after `limitMs`, and yields what it tells. Throws Failure
 * where that is an error, or where time is up.
 */
export async function* ask(
  question: Question,
  limitMs: number,
): AsyncGenerator<Exclude<Told, { end: true } | { error: string }>> {
  const timeUp = AbortSignal.timeout(limitMs);
  const child = fork(CHILD, { serialization: "advanced", env: {} });
  const gone = new AbortController();
  child.once("exit", () => gone.abort(new Error("the process of the query was killed")));
  const signal = AbortSignal.any([timeUp, gone.signal]);
  try {
    const messages = on(child, "message", { signal });
    child.send(question);
    for await (const [told] of messages as AsyncIterable<[Told]>) {
      if ("error" in told) throw new Failure(told.error);
      if ("end" in told) return;
      yield told;
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    const why = timeUp.aborted ? `not done after ${limitMs / 1_000} s: given up` : String(error);
    throw new Failure(why, { cause: error });
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}
