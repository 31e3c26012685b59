/** What a short-lived program does: one upsert, acknowledged. Argument: the data directory. */
import { createRpcClient } from "@duolog/client";

const [dataDir] = process.argv.slice(2);
const rpc = createRpcClient({ clientName: "bench", clientVersion: "0", dataDir, autostart: false });
const now = Date.now();
const ack = await rpc.upsertSession({
  id: `fresh-${process.pid}-${now}`,
  source: "opencode",
  createdAt: now,
  updatedAt: now,
});
await rpc.close();
if (ack.status !== "stored") process.exitCode = 1;
