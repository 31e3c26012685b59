import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type DataPaths, readOwn } from "@duolog/client/local";
import { checkPriceData } from "@duolog/contract/prices";
import type { FetchedPrices } from "../services/usage/priceList.ts";

/** What was read last, and of which state of which file. */
let known: { state: string; fetched: FetchedPrices | null } | null = null;

/** The list that `duolog prices --update` left; null where there is none that can be used. */
export function readFetchedPrices({ prices: file }: DataPaths): FetchedPrices | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  const state = `${file} ${stats.ino} ${stats.size} ${stats.mtimeMs}`;
  if (known?.state !== state) known = { state, fetched: parse(readOwn(file) ?? "") };
  return known.fetched;
}

function parse(text: string): FetchedPrices | null {
  try {
    const { date, providers } = JSON.parse(text);
    const checked = checkPriceData(providers);
    if (typeof date !== "string" || checked === null) return null;
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
    return { date, hash, providers: checked };
  } catch {
    return null;
  }
}
