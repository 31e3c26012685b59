import type { SpoolEntry } from "@duolog/client/local";
import { type IngestRecord, type ItemResult, PROTOCOL_VERSION } from "@duolog/contract";
import { appRouter, type Context } from "@duolog/contract/server";

export type Ports = Omit<Context, "caller">;

/** Records that no connection brings go the way of a call: they are checked and attributed as if they had been sent. */
export function ingest(
  ports: Ports,
  records: IngestRecord[],
  client?: SpoolEntry["client"],
): Promise<ItemResult[]> {
  const caller = {
    clientName: client?.name ?? null,
    clientVersion: client?.version ?? null,
    protocol: PROTOCOL_VERSION,
  };
  return appRouter.createCaller({ caller, ...ports }).record.ingest({ records });
}
