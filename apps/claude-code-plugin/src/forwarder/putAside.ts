import type { RpcClient } from "@duolog/client";

/** Keeps in `rejected/` what will never be a row. */
export type PutAside = (raw: unknown, reason: string) => void;

/** Puts aside by a client; the first time that there is no room, `tellFull` is called. */
export function createPutAside(rpc: RpcClient, tellFull: () => void): PutAside {
  let isTold = false;
  return (raw, reason) => {
    if (rpc.reject(raw, reason) || isTold) return;
    isTold = true;
    tellFull();
  };
}
