/** The thread of Scanner.ts: a text comes, the secrets in it go. */
import { parentPort } from "node:worker_threads";
import { createScanner } from "./scan.ts";

const scan = createScanner();

parentPort?.on("message", async (text: string) => {
  parentPort?.postMessage(await scan(text));
});
