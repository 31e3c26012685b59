import type Database from "libsql";
import { costOf, type Rates, type Used } from "../../core/usage/rates.ts";
import { sizeOf } from "../../core/usage/sizes.ts";

/** What a list of prices is asked for, and what it tells; null where it has no price. */
export type FindRates = (priced: {
  model: string;
  provider: string | null;
  inputTokens: number;
  at: number;
}) => Rates | null;

/** A sum that was not looked up in the list yet. */
interface Unpriced extends Used {
  session: number;
  at: number;
  model: number;
  provider: number;
  agent: number;
  sub: number;
  size: number;
  told: number;
  modelName: string | null;
  providerName: string | null;
}

/** Sums priced in one turn: about 10 ms on the machine of lode/performance.md. */
const TURN = 500;

const UNPRICED = `SELECT u.session, u.at, u.model, u.provider, u.agent, u.sub, u.size, u.told,
    u.requests, u.input, u.output, u.cache_read AS cacheRead, u.cache_write AS cacheWrite,
    u.cache_write_1h AS cacheWrite1h, m.name AS modelName, p.name AS providerName
  FROM used AS u LEFT JOIN names AS m ON m.id = u.model LEFT JOIN names AS p ON p.id = u.provider
  WHERE u.priced = 0 LIMIT ${TURN}`;

const PRICE = `UPDATE used SET computed = ?, priced = 1 WHERE session = ? AND at = ? AND model = ?
  AND provider = ? AND agent = ? AND sub = ? AND size = ? AND told = ?`;

/** How many sums have not been looked up in the list yet. Throws like SQLite. */
export function countUnpriced(db: Database.Database): number {
  const sql = "SELECT COUNT(*) AS n FROM used WHERE priced = 0";
  const [row] = db.prepare(sql).all() as { n: number }[];
  return row?.n ?? 0;
}

/** Prices some of the sums that have no price yet; false where there is none. Throws like SQLite. */
export function priceSome(db: Database.Database, find: FindRates): boolean {
  const unpriced = db.prepare(UNPRICED).all() as Unpriced[];
  if (unpriced.length === 0) return false;
  const price = db.prepare(PRICE);
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const one of unpriced) price.run(computedOf(one, find), ...keyOf(one));
    db.exec("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
  return true;
}

/** Forgets all prices, for another list is used from now on. */
export function forgetPrices(db: Database.Database): void {
  db.exec("UPDATE used SET computed = NULL, priced = 0");
}

function computedOf(one: Unpriced, find: FindRates): number | null {
  const { modelName, providerName, at, size } = one;
  if (modelName === null) return null;
  const inputTokens = sizeOf(size);
  const rates = find({ model: modelName, provider: providerName, inputTokens, at });
  return rates && costOf(one, rates);
}

function keyOf(one: Unpriced): number[] {
  const { session, at, model, provider, agent, sub, size, told } = one;
  return [session, at, model, provider, agent, sub, size, told];
}
