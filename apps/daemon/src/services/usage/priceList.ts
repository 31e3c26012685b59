import { createHash } from "node:crypto";
import type { ConditionalPrice, ModelPrice, Provider } from "@pydantic/genai-prices";
import { lookUps } from "../../core/usage/modelName.ts";
import { type ModelPrices, type Rates, ratesOf } from "../../core/usage/rates.ts";

/** What is priced: an answer, or many of one rate. */
export interface Priced {
  model: string;
  provider: string | null;
  /** Of one request, with what was read from the cache and written to it. */
  inputTokens: number;
  /** Epoch ms. */
  at: number;
}

/** A list of prices. */
export interface PriceList {
  /** Which list this is, and of what day. */
  name: string;
  /** Null where the list has no price. */
  ratesOf(priced: Priced): Rates | null;
}

/** The list that comes with duolog. The date is that of the release of the pinned version. */
export const BUNDLED = { version: "0.1.8", date: "2026-09-23" };

/** A user's own prices, USD a million tokens, by the model's name. */
export type OwnPrices = Record<
  string,
  {
    input: number;
    output: number;
    cacheRead?: number | undefined;
    cacheWrite?: number | undefined;
    cacheWrite1h?: number | undefined;
  }
>;

/** A list that a person had fetched. */
export interface FetchedPrices {
  /** The day, as a date. */
  date: string;
  /** Tells it from another one of that day. */
  hash: string;
  /** As genai-prices publishes it. */
  providers: unknown[];
}

/**
 * The list of genai-prices, or a newer one that was fetched, beneath the user's own prices. The package
 * is loaded with the first call. Source of the ids and prices: that package.
 */
export async function openPriceList(
  own: OwnPrices,
  fetched: FetchedPrices | null = null,
): Promise<PriceList> {
  const calcPrice = await usePrices(fetched);
  const known = new Map<string, Found | null>();

  function find({ model, provider, at }: Priced): Found | null {
    for (const listed of lookUps(model, provider)) {
      const options = {
        timestamp: new Date(at),
        ...(listed.provider && { providerId: listed.provider }),
      };
      const found = calcPrice({ input_tokens: 0 }, listed.model, options);
      if (found) return { prices: found.model_price, isDated: isDated(found.model.prices) };
    }
    return null;
  }

  function pricesOf(priced: Priced): ModelPrices | null {
    const mine = Object.hasOwn(own, priced.model) ? own[priced.model] : undefined;
    if (mine) return ownPrices(mine);
    const key = `${priced.provider} ${priced.model}`;
    let found = known.get(key);
    if (found === undefined) {
      found = find(priced);
      known.set(key, found);
    }
    return (found?.isDated ? find(priced) : found)?.prices ?? null;
  }

  return {
    name: nameOf(own, fetched),
    ratesOf(priced) {
      const prices = pricesOf(priced);
      return prices && ratesOf(prices, priced.inputTokens);
    },
  };
}

/** The package keeps one list for the whole process: which one it keeps now, and its own. */
let inUse: FetchedPrices | null = null;
let packaged: Provider[] | null = null;

/** What reckons by this list from now on, by the package's own where it is null. */
async function usePrices(fetched: FetchedPrices | null) {
  const { calcPrice, updatePrices, waitForUpdate } = await import("@pydantic/genai-prices");
  packaged ??= await waitForUpdate();
  if (fetched !== inUse) {
    const providers = fetched ? (fetched.providers as Provider[]) : packaged;
    updatePrices(({ setProviderData }) => setProviderData(providers));
    inUse = fetched;
  }
  return calcPrice;
}

function nameOf(own: OwnPrices, fetched: FetchedPrices | null): string {
  const list = fetched
    ? `genai-prices, fetched on ${fetched.date} (${fetched.hash})`
    : `genai-prices ${BUNDLED.version} of ${BUNDLED.date}`;
  const count = Object.keys(own).length;
  return count === 0 ? list : `${list}, with own prices of ${count} (${hashOf(own)})`;
}

function hashOf(own: OwnPrices): string {
  return createHash("sha256").update(JSON.stringify(own)).digest("hex").slice(0, 8);
}

interface Found {
  prices: ModelPrices;
  /** Another price holds at another time. */
  isDated: boolean;
}

function isDated(prices: ConditionalPrice[] | ModelPrice): boolean {
  return Array.isArray(prices);
}

function ownPrices(own: OwnPrices[string]): ModelPrices {
  return {
    input_mtok: own.input,
    output_mtok: own.output,
    ...(own.cacheRead !== undefined && { cache_read_mtok: own.cacheRead }),
    ...(own.cacheWrite !== undefined && { cache_write_mtok: own.cacheWrite }),
    ...(own.cacheWrite1h !== undefined && { cache_write_1h_mtok: own.cacheWrite1h }),
  };
}
