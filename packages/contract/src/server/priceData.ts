import * as z from "zod";

/** A price, or one that is another for requests of more tokens. */
const price = z.union([
  z.number().min(0),
  z.looseObject({
    base: z.number().min(0),
    tiers: z.array(z.looseObject({ start: z.number().min(0), price: z.number().min(0) })).max(20),
  }),
]);

const prices = z.record(z.string().max(100), price);

const model = z.looseObject({
  id: z.string().min(1).max(300),
  match: z.looseObject({}),
  prices: z.union([z.array(z.looseObject({ prices })).max(100), prices]),
});

/** What `genai-prices` publishes as its list: makers and resellers with their models' prices. */
const priceData = z
  .array(
    z.looseObject({
      id: z.string().min(1).max(100),
      name: z.string().max(300),
      api_pattern: z.string().max(2_000),
      models: z.array(model).max(10_000),
    }),
  )
  .min(1)
  .max(1_000);

/** The list of a file of prices, as it came; null where it is none. */
export function checkPriceData(data: unknown): unknown[] | null {
  return priceData.safeParse(data).success ? (data as unknown[]) : null;
}
