import { rmSync } from "node:fs";
import { atomicWrite, ensureDataDir, readOwn } from "@duolog/client/local";
import { type Output, show } from "../../output/output.ts";
import { count } from "../../output/text.ts";
import type { Place } from "../../place.ts";
import { fetchPrices } from "./fetchPrices.ts";

/** What is to be done with the list of prices. */
export interface PricesOptions {
  /** Where a newer one is; null: nothing is asked for. */
  from: string | null;
  /** Back to the list that comes with the program. */
  bundled: boolean;
  now: Date;
}

/** The list that is used: null where it is the one of this program. */
interface Told {
  fetched: { date: string; from: string; models: number } | null;
}

/** Tells which list of prices is used, and has another one used where that is wanted. Throws Failure. */
export async function prices(place: Place, options: PricesOptions, output: Output): Promise<void> {
  const { paths } = place;
  if (options.bundled) rmSync(paths.prices, { force: true });
  else if (options.from !== null) await update(place, options.from, options.now);
  show(output, { fetched: fetchedIn(place) }, toldText);
}

async function update({ paths }: Place, from: string, now: Date): Promise<void> {
  const providers = await fetchPrices(from);
  ensureDataDir(paths);
  const date = now.toISOString().slice(0, 10);
  atomicWrite(paths.prices, JSON.stringify({ date, from, providers }));
}

function fetchedIn({ paths }: Place): Told["fetched"] {
  const text = readOwn(paths.prices);
  if (text === null) return null;
  const { date, from, providers } = JSON.parse(text) as {
    date: string;
    from: string;
    providers: { models: unknown[] }[];
  };
  return { date, from, models: providers.reduce((sum, { models }) => sum + models.length, 0) };
}

function toldText({ fetched }: Told): string {
  if (fetched === null) return "the list of prices is the one of this program\n";
  const { date, from, models } = fetched;
  return `the list of prices is of ${date}: ${count(models, "model")}, from ${from}\n`;
}
