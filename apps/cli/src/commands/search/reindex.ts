import { setTimeout as sleep } from "node:timers/promises";
import type { IndexState } from "@duolog/contract/server";
import { throughDaemon } from "../../daemon/read.ts";
import { type Output, show } from "../../output/output.ts";
import { count } from "../../output/text.ts";
import type { Place } from "../../place.ts";
import { indexText } from "./indexText.ts";

/** An answer takes less, ms. */
const ANSWER_MS = 30_000;
/** How often it is asked how far the index is, ms. */
const LOOK_MS = 250;

/** Has the search index built anew; with `wait` until it is whole. Throws Failure. */
export async function reindex(
  place: Place,
  env: NodeJS.ProcessEnv,
  wait: boolean,
  output: Output,
): Promise<void> {
  const state = await throughDaemon<IndexState>(place, env, ANSWER_MS, async (rpc) => {
    let state = await rpc.maintainer.rebuildSearch();
    while (wait && state.behind > 0 && state.problem === null) {
      await sleep(LOOK_MS);
      state = await rpc.reader.search.state();
    }
    return state;
  });
  show(output, state, (state) =>
    state.behind > 0
      ? `begun anew: ${count(state.behind, "row")} at most to go; \`duolog status\` tells how far it is\n`
      : `built anew: ${indexText(state)}\n`,
  );
}
