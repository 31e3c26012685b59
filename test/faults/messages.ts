import type { ItemResult } from "@duolog/contract";
import { testClient } from "../harness/daemon.ts";
import { versionOf } from "./producer.ts";

/** The messages m`from` to m`to`, the last not among them, of one session. */
export const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => versionOf("s", `m${from + i}`, from + i));

/** Sends these messages; no results where no daemon answers. */
export async function ingestInto(dataDir: string, from: number, to: number): Promise<ItemResult[]> {
  const rpc = testClient(dataDir);
  const answer = await rpc.ingest(records(from, to));
  await rpc.close();
  return answer.status === "answered" ? answer.results : [];
}
