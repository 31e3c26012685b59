import type { Found, Left } from "@duolog/contract";
import { openHistory } from "@duolog/opencode-plugin/store";
import { Failure } from "../failure.ts";

/** What is imported, and by way of where. */
export interface ReadOpencodeOptions {
  /** OpenCode's data directories and databases; nothing is written to them. */
  places: readonly string[];
  /** A directory of ours in which a copy has room. */
  scratch: string;
  /** Epoch ms. */
  now: number;
  /** Is told what is not read. */
  leave(left: readonly Left[]): void;
}

/** All that OpenCode's own stores hold. Throws Failure where a place can't be read. */
export function* readOpencode({ leave, ...options }: ReadOpencodeOptions): Generator<Found> {
  const history = openHistory(options);
  try {
    const missed = history.left.find(({ what }) => options.places.includes(what));
    if (missed) throw new Failure(`${missed.what}: ${missed.reason}`);
    leave(history.left);
    for (const part of history.parts) yield* part.read();
  } finally {
    history.close();
  }
}
