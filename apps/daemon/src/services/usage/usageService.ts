import { setImmediate } from "node:timers/promises";
import type {
  BlocksQuery,
  UsageAnswer,
  UsageBlock,
  UsageQuery,
  UsageState,
} from "@duolog/contract";
import { type IsGone, ServiceError, type UsageReporter } from "@duolog/contract/server";
import { blockReport } from "../../core/usage/blockReport.ts";
import { dayOf, offsetsOf, startOfDay } from "../../core/usage/localTime.ts";
import { reportOf } from "../../core/usage/report.ts";
import type { UsageTotals } from "../../storage/usage/usageTotals.ts";
import { answering } from "../readService.ts";
import type { PriceList } from "./priceList.ts";

/** Who keeps the file of totals: opens it where it is not, and takes in what changed. */
export interface UsageKeeper {
  /** Runs what asks the file. Throws ServiceError where it can't be used. */
  ask<T>(question: (totals: UsageTotals) => T): T;
  /** Resolves when all is added up that was recorded when it was called, the peer is gone, or time is up. */
  ready(waitMs: number, isGone: IsGone): Promise<void>;
  /** Number of the record's last change. */
  lastChange(): number;
}

/** What totals go by. */
export interface UsageOptions {
  keeper: UsageKeeper;
  /** The list of prices as it is now; loads it with the first question. */
  openPrices: () => Promise<PriceList>;
  /** Epoch ms. */
  now: () => number;
}

/** Totals of what was used, and what it cost. */
export function createUsageService({ keeper, openPrices, now }: UsageOptions): UsageReporter {
  return {
    catchUp: (waitMs, isGone = NEVER) =>
      answering(() => catchUp(keeper, openPrices, waitMs, isGone)),
    report: (query) => answering(async () => report(keeper, await openPrices(), query)),
    blocks: (query) => answering(async () => blocks(keeper, query, now())),
  };
}

const NEVER: IsGone = () => false;

/** Prices what was added up, in turns, within the time. */
async function catchUp(
  keeper: UsageKeeper,
  openPrices: () => Promise<PriceList>,
  waitMs: number,
  isGone: IsGone,
): Promise<UsageState> {
  const deadline = performance.now() + waitMs;
  await keeper.ready(waitMs, isGone);
  const list = await openPrices();
  keeper.ask((totals) => totals.priceBy(list.name));
  const find = (priced: Parameters<PriceList["ratesOf"]>[0]) => list.ratesOf(priced);
  while (performance.now() < deadline && !isGone()) {
    if (!keeper.ask((totals) => totals.price(find))) break;
    await setImmediate();
  }
  return keeper.ask((totals) => totals.state(keeper.lastChange()));
}

function report(keeper: UsageKeeper, list: PriceList, query: UsageQuery): UsageAnswer {
  const { by, mode, instances, timezone, limit } = query;
  const span = keeper.ask((totals) => totals.span()) ?? { first: 0, last: 0 };
  const offsets = checkedOffsets(timezone, span.first, span.last);
  const { fromDay, toDay } = query;
  const asked = {
    ...query,
    ...(fromDay !== undefined && { since: startOfDay(dayOf(fromDay), timezone) }),
    ...(toDay !== undefined && { until: startOfDay(dayOf(toDay) + 1, timezone) }),
  };
  const options = { by, mode, instances, prices: list.name };
  if (by !== "session") {
    return reportOf(
      keeper.ask(({ reader }) => reader.parts(asked, offsets)),
      options,
    );
  }
  const { parts, more } = keeper.ask(({ reader }) => reader.sessions(asked, limit));
  const all = keeper.ask(({ reader }) => reader.parts({ ...asked, by: "model" }, offsets));
  const { totals, unpriced } = reportOf(all, options);
  return { ...reportOf(parts, options), totals, unpriced, more };
}

/** The sessions' shares are told of windows that end behind this long before now, ms. */
const SHARES_MS = 2 * 86_400_000;
/** A window may have begun so long before the first answer that is asked for, ms. */
const BEFORE_MS = 86_400_000;

function blocks(keeper: UsageKeeper, { mode, since = 0 }: BlocksQuery, now: number): UsageBlock[] {
  const parts = keeper.ask(({ reader }) => reader.quarters("model", since - BEFORE_MS));
  const from = Math.max(since, now - SHARES_MS);
  const shares = keeper.ask(({ reader }) => reader.quarters("session", from - BEFORE_MS));
  return blockReport(parts, shares, mode, now).filter(({ end }) => end > since);
}

function checkedOffsets(timezone: string, first: number, last: number) {
  try {
    return offsetsOf(timezone, first, last);
  } catch (cause) {
    const message = `timezone: no zone is called ${timezone}`;
    throw new ServiceError({ code: "INVALID", field: "timezone", message }, { cause });
  }
}
