import type { FindQuery, Found } from "@duolog/contract/server";
import { throughDaemon } from "../../daemon/read.ts";
import { type Output, show } from "../../output/output.ts";
import { PLAIN } from "../../output/terminal/paint.ts";
import type { Place } from "../../place.ts";
import { foundText } from "./foundText.ts";
import { substringSearch } from "./substringSearch.ts";

/** What a search works with. */
export interface SearchSetting {
  place: Place;
  env: NodeJS.ProcessEnv;
  output: Output;
}

/** An answer takes less, ms, beside the waiting for the index. */
const ANSWER_MS = 30_000;

/** Longest that all texts are read for a substring, ms. */
const SUBSTRING_MS = 60_000;

/**
 * Searches the record and tells what was found; for a substring in a process of its own, else through the
 * daemon. Throws Failure.
 */
export async function search(
  { place, env, output }: SearchSetting,
  query: FindQuery,
  isSubstring: boolean,
): Promise<void> {
  const found = isSubstring
    ? await substringSearch(place, query, SUBSTRING_MS)
    : await throughDaemon<Found>(place, env, query.waitMs + ANSWER_MS, ({ reader }) =>
        reader.search.find(query),
      );
  show(output, found, (found) => foundText(found, output.paint ?? PLAIN));
}
