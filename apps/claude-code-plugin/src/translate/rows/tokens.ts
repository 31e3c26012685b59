import { larger } from "../json.ts";

/** Counts of tokens; null where none was told. */
export interface Tokens {
  /** Input without cache. */
  readonly input: number | null;
  readonly output: number | null;
  readonly thinking: number | null;
  readonly cacheRead: number | null;
  /** All writes to the cache. */
  readonly cacheWrite: number | null;
  /** The share of them that stays for an hour. */
  readonly cacheWrite1h: number | null;
}

/** Nothing was told. */
export const NO_TOKENS: Tokens = {
  input: null,
  output: null,
  thinking: null,
  cacheRead: null,
  cacheWrite: null,
  cacheWrite1h: null,
};

/** Of two counts of the same thing, the larger of each kind. */
export function fullest(a: Tokens, b: Tokens): Tokens {
  return {
    input: larger(a.input, b.input),
    output: larger(a.output, b.output),
    thinking: larger(a.thinking, b.thinking),
    cacheRead: larger(a.cacheRead, b.cacheRead),
    cacheWrite: larger(a.cacheWrite, b.cacheWrite),
    cacheWrite1h: larger(a.cacheWrite1h, b.cacheWrite1h),
  };
}
