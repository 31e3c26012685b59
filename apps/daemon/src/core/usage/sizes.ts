/**
 * Sizes of a request (input tokens, the cached ones among them) above which some list has other prices.
 * What was used is added up between two of them only, so that one rate holds for the sum. Source: all
 * tiers of genai-prices 0.1.8.
 */
export const SIZES = [128_000, 199_999, 200_000, 271_999, 272_000, 512_000];

/** Which sizes a request exceeds, as SQL over its size. */
export function sizeSql(tokens: string): string {
  return `(${SIZES.map((size) => `(${tokens} > ${size})`).join(" + ")})`;
}

/** A request's size, in tokens, that exceeds so many of SIZES and no more. */
export function sizeOf(exceeded: number): number {
  return exceeded === 0 ? 0 : (SIZES[exceeded - 1] ?? 0) + 1;
}
