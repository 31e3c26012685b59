import type { IndexState } from "@duolog/contract/server";
import { count } from "../../output/text.ts";

/** How far the search index is, in a line. */
export function indexText({ exists, texts, behind, bytes, problem }: IndexState): string {
  if (problem !== null) return `no index for now (${problem}): the daemon's log says why`;
  if (!exists) return "no index yet";
  const size = `${count(texts, "text")}, ${Math.ceil(bytes / 1_000_000).toLocaleString("en-US")} MB`;
  return behind === 0 ? size : `${size}; ${count(behind, "row")} at most to go`;
}
