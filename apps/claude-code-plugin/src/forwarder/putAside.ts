import type { RpcClient } from "@duolog/client";
import type { Log } from "./log.ts";

/** Keeps in `rejected/` what will never be a row. */
export type PutAside = (raw: unknown, reason: string) => void;

/** Puts aside by a client; that there is no room is logged once. */
export function createPutAside(rpc: RpcClient, log: Log): PutAside {
  let isTold = false;
  return (raw, reason) => {
    if (rpc.reject(raw, reason) || isTold) return;
    isTold = true;
    log("not put aside", { reason: "rejected/ is full, or can't be written" });
  };
}
