import type { RpcClient } from "@duolog/client";
import { Delivery } from "./delivery.ts";
import type { Sink } from "./importStore.ts";

/** Most unreadable things kept in `rejected/`: of an unknown version of an agent's file all may be. */
const MAX_KEPT = 200;

/** To the record, through the daemon. */
export function daemonSink(rpc: Pick<RpcClient, "ingest" | "reject">): Sink {
  const delivery = new Delivery(rpc);
  let kept = 0;
  return {
    add: (record, answered) => delivery.add(record, answered),
    putAside({ raw, reason }) {
      if (kept++ < MAX_KEPT) rpc.reject(raw, reason);
    },
    refused: (record, reason) => rpc.reject(record, reason),
    end: () => delivery.end(),
  };
}

/** To nowhere: it takes everything as if it had been there already. */
export const drySink: Sink = {
  add(record, answered) {
    answered(record, { ok: true, changed: false });
    return null;
  },
  putAside() {},
  refused() {},
  async end() {},
};
