/** Sends messages without end, two thousand after the other. Argument: the data directory. */
import { createRpcClient } from "@duolog/client";
import { recordsOf } from "../corpus/records.ts";

const [dataDir] = process.argv.slice(2);
const rpc = createRpcClient({
  clientName: "bench",
  clientVersion: "0",
  dataDir,
  spool: false,
  autostart: false,
  deadlineMs: 60_000,
});
for (let n = 0; ; n += 2_000) {
  const answer = await rpc.ingest(recordsOf("messages", "busy", n, n + 2_000));
  if (answer.status !== "answered") throw new Error(answer.reason);
  process.stdout.write(".");
}
