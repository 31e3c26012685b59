import type { RpcReader } from "@duolog/client";
import { count } from "../output/text.ts";

/** One call of the daemon adds up for so long, ms. */
const TURN_MS = 250;

/**
 * Waits until all that was used is added up and priced, and tells on `progress` what is left where that
 * takes longer. Rejects with RpcError.
 */
export async function catchUp(
  reader: RpcReader,
  progress: ((text: string) => void) | null,
): Promise<void> {
  let isTold = false;
  for (;;) {
    const { sessions, isSure, unpriced } = await reader.usage.catchUp({ waitMs: TURN_MS });
    if (isSure && sessions === 0 && unpriced === 0) break;
    progress?.(
      `\r\u001b[K${count(sessions, "session")} to add up, ${count(unpriced, "sum")} to price`,
    );
    isTold = true;
  }
  if (isTold) progress?.("\r\u001b[K");
}
