/** What SQL is given beside its text. */
export type Value = string | number | string[];

/**
 * What narrows a statement: a condition in SQL, empty for none, whose values are the columns `n0`,
 * `n1`, … of the table `narrow`.
 */
export interface Narrow {
  where: string;
  values: Value[];
}

export const EVERYTHING: Narrow = { where: "", values: [] };

/** The table `narrow` as a common table expression, made of the JSON array that the SQL `json` is. */
export function narrowTable({ values }: Narrow, json: string): string {
  const names = ["none", ...values.map((_, i) => `n${i}`)];
  const columns = ["NULL", ...values.map((_, i) => `v ->> ${i}`)];
  return `narrow(${names.join(", ")}) AS MATERIALIZED (SELECT ${columns.join(", ")} FROM (SELECT ${json} AS v))`;
}

/** The condition as a term that may stand behind WHERE. */
export function termOf({ where }: Narrow): string {
  return where === "" ? "TRUE" : `(${where})`;
}
