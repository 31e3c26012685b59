import type { Found } from "@duolog/contract";
import { fromCopy } from "@duolog/daemon/import";
import { NotOpencodeError, readStore } from "@duolog/opencode-plugin/store";
import { Failure } from "../failure.ts";

/** What is imported, and by way of where. */
export interface ReadOpencodeOptions {
  /** OpenCode's database; it is not written to. */
  file: string;
  /** A directory of ours in which a copy of it has room. */
  scratch: string;
  /** Epoch ms. */
  now: number;
}

/** All that OpenCode's own database holds. Throws Failure where it is none. */
export async function* readOpencode(options: ReadOpencodeOptions): AsyncGenerator<Found> {
  const { file, scratch, now } = options;
  try {
    yield* fromCopy(file, scratch, (copy) => readStore(copy, now));
  } catch (error) {
    if (!(error instanceof NotOpencodeError)) throw error;
    throw new Failure(`${file} is no database of OpenCode's`, { cause: error });
  }
}
