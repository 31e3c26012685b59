import type { IngestRecord } from "@duolog/contract";
import { createRpcClient, type RpcClientOptions } from "../../src/index.ts";
import { type DataPaths, listSegments } from "../../src/local/index.ts";
import { wholeSegment } from "../local/wholeSegment.ts";

export const T = 1_769_760_000_000;

export function client(paths: DataPaths, options: Partial<RpcClientOptions> = {}) {
  const rpc = createRpcClient({
    clientName: "test-client",
    clientVersion: "1.2.3",
    dataDir: paths.root,
    autostart: false,
    deadlineMs: 1_500,
    ...options,
  });
  return Object.assign(rpc, { [Symbol.asyncDispose]: () => rpc.close() });
}

export const session = (id: string, rest: object = {}): IngestRecord => ({
  kind: "session",
  data: { id, updatedAt: T, ...rest },
});

export function spooledIds(paths: DataPaths): string[] {
  return listSegments(paths).flatMap((file) =>
    wholeSegment(file).records.map(({ record }) => record.data.id),
  );
}

export async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const from = performance.now();
  return [await work, performance.now() - from];
}
