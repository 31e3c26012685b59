/** The thread of Scanner.ts: texts come, the secrets in each go. */
import { parentPort } from "node:worker_threads";
import { createScanner } from "./scan.ts";

const scan = createScanner();

parentPort?.on("message", async (texts: string[]) => {
  const found = [];
  for (const text of texts) found.push(await scan(text));
  parentPort?.postMessage(found);
});
