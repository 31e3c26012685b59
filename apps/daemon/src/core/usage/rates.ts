/** What an answer, or many, took: tokens of each kind, of which none is counted in another. */
export interface Used {
  /** How many answers. */
  requests: number;
  input: number;
  output: number;
  cacheRead: number;
  /** All writes to the cache; the next is the share of it that stays for an hour. */
  cacheWrite: number;
  cacheWrite1h: number;
}

/** What one of each costs, USD. */
export type Rates = Used;

/** USD. The cost of many answers is that of their sums only where one rate holds for all of them. */
export function costOf(used: Used, rates: Rates): number {
  const cacheWrite5m = Math.max(0, used.cacheWrite - used.cacheWrite1h);
  return (
    used.requests * rates.requests +
    used.input * rates.input +
    used.output * rates.output +
    used.cacheRead * rates.cacheRead +
    cacheWrite5m * rates.cacheWrite +
    (used.cacheWrite - cacheWrite5m) * rates.cacheWrite1h
  );
}

/** A price that is another one for requests of more input tokens than `start`. */
export interface TieredPrice {
  base: number;
  tiers: { start: number; price: number }[];
}

/** USD, of tokens by the million; the names are those of genai-prices. */
export interface ModelPrices {
  input_mtok?: number | TieredPrice;
  output_mtok?: number | TieredPrice;
  cache_read_mtok?: number | TieredPrice;
  cache_write_mtok?: number | TieredPrice;
  cache_write_1h_mtok?: number | TieredPrice;
  /** USD a thousand requests. */
  requests_kcount?: number | TieredPrice;
}

/**
 * What holds for a request of so many input tokens, the cached ones among them. A kind without a price
 * costs what the next general one does: cache reads and writes as input, an hour's as other writes.
 */
export function ratesOf(prices: ModelPrices, inputTokens: number): Rates {
  const perToken = (price: number | TieredPrice) => at(price, inputTokens) / 1_000_000;
  const input = prices.input_mtok ?? 0;
  const cacheWrite = prices.cache_write_mtok ?? input;
  return {
    requests: at(prices.requests_kcount ?? 0, inputTokens) / 1_000,
    input: perToken(input),
    output: perToken(prices.output_mtok ?? 0),
    cacheRead: perToken(prices.cache_read_mtok ?? input),
    cacheWrite: perToken(cacheWrite),
    cacheWrite1h: perToken(prices.cache_write_1h_mtok ?? cacheWrite),
  };
}

function at(price: number | TieredPrice, inputTokens: number): number {
  if (typeof price === "number") return price;
  const reached = price.tiers.filter(({ start }) => inputTokens > start);
  return reached.reduce((top, tier) => (tier.start >= top.start ? tier : top), {
    start: Number.NEGATIVE_INFINITY,
    price: price.base,
  }).price;
}
