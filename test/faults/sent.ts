import { dataPaths } from "@duolog/client/local";
import { testClient } from "../harness/daemon.ts";
import { queryRows } from "../harness/rows.ts";
import { versionOf } from "./producer.ts";

/** Messages of one session, by their numbers. */
export const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => versionOf("s", `m${from + i}`, from + i));

/** The ids of the messages that are stored. */
export const idsIn = (dataDir: string) =>
  new Set(
    queryRows<{ id: string }>(dataPaths(dataDir).database, "SELECT id FROM messages").map(
      ({ id }) => id,
    ),
  );

/** Sends until refused; returns what was acknowledged and what was told at last. */
export async function sendUntilRefused(dataDir: string, most: number) {
  const rpc = testClient(dataDir);
  const acknowledged: string[] = [];
  for (let n = 0; n < most; n += 50) {
    const answer = await rpc.ingest(records(n, n + 50));
    const results = answer.status === "answered" ? answer.results : [];
    results.forEach((result, i) => {
      if (result.ok) acknowledged.push(`m${n + i}`);
    });
    const bad = results.find((result) => !result.ok);
    if (answer.status !== "answered" || bad) {
      await rpc.close();
      return { acknowledged, refusal: bad && !bad.ok ? bad.error : null };
    }
  }
  throw new Error(`nothing was refused in ${most} records`);
}
